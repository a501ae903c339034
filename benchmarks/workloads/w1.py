"""W1: the seed's first example: DNN 128-64 on 3,072 features, Adagrad 0.05,
shuffle(1000).repeat().batch(32); 1000 steps from nothing, and steady."""

import measure

STEPS = measure.sized(1000, 4)
WARM_UP = measure.sized(200, 2)


def train(tf) -> measure.Figures:
    images, labels = measure.seed_data()
    with measure.model_dir() as folder:
        input_fn = measure.seed_input_fn(tf, images, labels, train=True)

        def first_call():
            measure.seed_classifier(tf, folder).train(input_fn, steps=STEPS)

        first = measure.seconds(first_call)
        classifier = measure.seed_classifier(tf, folder)
        classifier.train(input_fn, steps=WARM_UP)
        # Two lengths: the difference is free of what a call costs.
        short = measure.seconds(lambda: classifier.train(
            input_fn, steps=WARM_UP))
        long = measure.seconds(lambda: classifier.train(
            input_fn, steps=WARM_UP + STEPS))
    return {"first call": (first, "s"),
            "steady": (STEPS / (long - short), "steps/s")}


def numest() -> measure.Figures:
    return train(measure.import_party("numest"))


def tensorflow() -> measure.Figures:
    return train(measure.import_party("tensorflow"))


def torch() -> measure.Figures:
    import torch as pt
    images, labels = measure.seed_data()
    x = pt.from_numpy(images.reshape(len(images), -1))
    y = pt.from_numpy(labels).long()
    net = pt.nn.Sequential(pt.nn.Linear(3072, 128), pt.nn.ReLU(),
                           pt.nn.Linear(128, 64), pt.nn.ReLU(),
                           pt.nn.Linear(64, 10))
    optimizer = pt.optim.Adagrad(net.parameters(), lr=0.05,
                                 initial_accumulator_value=0.1)

    def run():
        done = 0
        while done < STEPS:
            for rows in pt.randperm(len(x)).split(32):
                optimizer.zero_grad()
                pt.nn.functional.cross_entropy(net(x[rows]),
                                               y[rows]).backward()
                optimizer.step()
                done += 1

    first = measure.seconds(run)
    return {"first call": (first, "s"),
            "steady": (STEPS / measure.seconds(run), "steps/s")}


def jax() -> measure.Figures:
    import jax as jx
    import jax.numpy as jnp
    images, labels = measure.seed_data()
    x, y = jnp.asarray(images.reshape(len(images), -1)), jnp.asarray(labels)
    sizes = [3072, 128, 64, 10]
    keys = jx.random.split(jx.random.key(0), 3)
    weights = [(jx.random.normal(k, (m, n)) * (2 / (m + n)) ** 0.5,
                jnp.zeros(n)) for k, m, n in zip(keys, sizes, sizes[1:])]
    state = (weights, jx.tree.map(lambda w: jnp.full_like(w, 0.1), weights))

    def loss(weights, rows):
        value = x[rows]
        for i, (w, b) in enumerate(weights):
            value = value @ w + b
            value = jnp.maximum(value, 0) if i < 2 else value
        logs = jx.nn.log_softmax(value)
        return -jnp.take_along_axis(logs, y[rows][:, None], 1).mean()

    def step(state, rows):
        weights, sums = state
        g = jx.grad(loss)(weights, rows)
        sums = jx.tree.map(lambda a, d: a + d * d, sums, g)
        weights = jx.tree.map(lambda w, a, d: w - 0.05 * d / jnp.sqrt(a),
                              weights, sums, g)
        return (weights, sums), None

    @jx.jit
    def run(state, key):
        rows = jx.random.randint(key, (STEPS, 32), 0, len(x))
        return jx.lax.scan(step, state, rows)[0]

    def work():
        jx.block_until_ready(run(state, jx.random.key(1)))

    first = measure.seconds(work)
    return {"first call": (first, "s"),
            "steady": (STEPS / measure.seconds(work), "steps/s")}


def numpy() -> measure.Figures:
    import numpy as np
    images, labels = measure.seed_data()
    x = images.reshape(len(images), -1)
    random = np.random.default_rng(1)
    sizes = [3072, 128, 64, 10]
    weights = [random.normal(0, np.sqrt(2 / (m + n)), (m, n)).astype("f4")
               for m, n in zip(sizes, sizes[1:])]
    biases = [np.zeros(n, "f4") for n in sizes[1:]]
    sums = [np.full_like(p, 0.1) for p in weights + biases]

    def step(rows):
        values = [x[rows]]
        for i, (w, b) in enumerate(zip(weights, biases)):
            z = values[-1] @ w + b
            values.append(np.maximum(z, 0) if i < 2 else z)
        e = np.exp(values[-1] - values[-1].max(1, keepdims=True))
        g = e / e.sum(1, keepdims=True)
        g[np.arange(len(rows)), labels[rows]] -= 1
        g /= len(rows)
        gradients = [None] * 6
        for i in (2, 1, 0):
            gradients[i], gradients[3 + i] = values[i].T @ g, g.sum(0)
            if i:
                g = (g @ weights[i].T) * (values[i] > 0)
        for p, a, d in zip(weights + biases, sums, gradients):
            a += d * d
            p -= 0.05 * d / np.sqrt(a)

    def run():
        done = 0
        while done < STEPS:
            order = random.permutation(len(x))
            for start in range(0, len(x), 32):
                step(order[start:start + 32])
                done += 1

    first = measure.seconds(run)
    return {"first call": (first, "s"),
            "steady": (STEPS / measure.seconds(run), "steps/s")}


if __name__ == "__main__":
    measure.main(globals())
