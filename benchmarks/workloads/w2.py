"""W2: evaluate the seed's model on 1000 rows, batch 32: the first call of a
process and the second."""

import measure


def evaluate(tf) -> measure.Figures:
    images, labels = measure.seed_data()
    with measure.model_dir() as folder:
        classifier = measure.seed_classifier(tf, folder)
        classifier.train(measure.seed_input_fn(tf, images, labels, True),
                         steps=10)
        input_fn = measure.seed_input_fn(tf, images, labels, train=False)
        first = measure.seconds(lambda: classifier.evaluate(input_fn))
        second = min(measure.seconds(lambda: classifier.evaluate(input_fn))
                     for _ in range(3))
    return {"first call": (1e3 * first, "ms"),
            "second call": (1e3 * second, "ms")}


def numest() -> measure.Figures:
    return evaluate(measure.import_party("numest"))


def tensorflow() -> measure.Figures:
    return evaluate(measure.import_party("tensorflow"))


def torch() -> measure.Figures:
    import torch as pt
    images, labels = measure.seed_data()
    x = pt.from_numpy(images.reshape(len(images), -1))
    y = pt.from_numpy(labels).long()
    net = pt.nn.Sequential(pt.nn.Linear(3072, 128), pt.nn.ReLU(),
                           pt.nn.Linear(128, 64), pt.nn.ReLU(),
                           pt.nn.Linear(64, 10))

    @pt.inference_mode()
    def run():
        loss, right = 0.0, 0
        for start in range(0, len(x), 32):
            logits = net(x[start:start + 32])
            part = y[start:start + 32]
            loss += pt.nn.functional.cross_entropy(
                logits, part, reduction="sum").item()
            right += (logits.argmax(1) == part).sum().item()
        return loss / len(x), right / len(x)

    first = measure.seconds(run)
    second = min(measure.seconds(run) for _ in range(3))
    return {"first call": (1e3 * first, "ms"),
            "second call": (1e3 * second, "ms")}


if __name__ == "__main__":
    measure.main(globals())
