"""W13: a fresh process: import and the first step of W1: seconds since the
process began, and its peak memory."""

import resource
import time
from pathlib import Path

import measure


def since_start() -> float:
    """Returns the age of this process, from the kernel's clock ticks."""
    import os
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1]
                .split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf(
        "SC_CLK_TCK")


def figures() -> measure.Figures:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"first step": (since_start(), "s"),
            "peak memory": (peak / 1024, "MiB")}


def first_step(tf) -> measure.Figures:
    images, labels = measure.seed_data()
    with measure.model_dir() as folder:
        measure.seed_classifier(tf, folder).train(
            measure.seed_input_fn(tf, images, labels, train=True), steps=1)
        return figures()


def numest() -> measure.Figures:
    return first_step(measure.import_party("numest"))


def tensorflow() -> measure.Figures:
    return first_step(measure.import_party("tensorflow"))


def torch() -> measure.Figures:
    import torch as pt
    images, labels = measure.seed_data()
    x = pt.from_numpy(images.reshape(len(images), -1))[:32]
    y = pt.from_numpy(labels).long()[:32]
    net = pt.nn.Sequential(pt.nn.Linear(3072, 128), pt.nn.ReLU(),
                           pt.nn.Linear(128, 64), pt.nn.ReLU(),
                           pt.nn.Linear(64, 10))
    optimizer = pt.optim.Adagrad(net.parameters(), lr=0.05)
    pt.nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
    return figures()


if __name__ == "__main__":
    measure.main(globals())
