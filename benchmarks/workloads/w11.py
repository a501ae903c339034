"""W11: linear regression with one feature, batch 1 and 32, SGD: microseconds
per step within one call of train."""

import measure



def train(tf, steps: int) -> measure.Figures:
    import numpy as np
    x = np.random.default_rng(0).random((1024, 1), dtype=np.float32)
    y = 3 * x + 1
    figures = {}
    for size in (1, 32):
        def input_fn():
            return tf.data.Dataset.from_tensor_slices(
                ({"x": x}, y)).repeat().batch(size)

        with measure.model_dir() as folder:
            regressor = tf.estimator.LinearRegressor(
                feature_columns=[tf.feature_column.numeric_column("x")],
                optimizer="SGD", model_dir=folder)
            regressor.train(input_fn, steps=10)
            short = measure.seconds(
                lambda: regressor.train(input_fn, steps=100))
            long = measure.seconds(
                lambda: regressor.train(input_fn, steps=100 + steps))
        figures[f"batch {size}"] = (1e6 * (long - short) / steps, "us")
    return figures


def numest() -> measure.Figures:
    return train(measure.import_party("numest"), measure.sized(50000, 20))


def tensorflow() -> measure.Figures:
    return train(measure.import_party("tensorflow"), measure.sized(2000, 20))


def numpy() -> measure.Figures:
    import numpy as np
    steps = measure.sized(20000, 20)
    x = np.random.default_rng(0).random((1024, 1), dtype=np.float32)
    y = 3 * x + 1
    figures = {}
    for size in (1, 32):
        def run():
            w, b, start = np.zeros((1, 1), "f4"), np.zeros(1, "f4"), 0
            for _ in range(steps):
                part = x[start:start + size]
                g = 2 * (part @ w + b - y[start:start + size]) / size
                w -= 0.001 * (part.T @ g)
                b -= 0.001 * g.sum(0)
                start = (start + size) % 1024
            return w, b

        run()
        figures[f"batch {size}"] = (1e6 * measure.seconds(run) / steps, "us")
    return figures


if __name__ == "__main__":
    measure.main(globals())
