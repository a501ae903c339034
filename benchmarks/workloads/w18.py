"""W18: latencies from Python: p50 and p99 of the second and later calls of
W2's evaluation, W3's predictions of 1,000 rows and W4's of one, computed by
one thread and by two, and asked for by eight threads at once."""

import measure
import w4

SETTINGS = {"1 thread": (1, 1), "2 threads": (2, 1), "8 callers": (2, 8)}


def add(figures: measure.Figures, name: str, work, calls: int,
        callers: int) -> None:
    work()
    p50, p99 = measure.percentiles(work, calls, callers)
    figures[f"{name} p50"] = (p50, "us")
    figures[f"{name} p99"] = (p99, "us")


def works_of_seed_model(tf, folder: str):
    images, labels = measure.seed_data()
    classifier = measure.seed_classifier(tf, folder)
    classifier.train(measure.seed_input_fn(tf, images, labels, True), steps=10)
    input_fn = measure.seed_input_fn(tf, images, labels, train=False)
    return {"W2 evaluate": lambda: classifier.evaluate(input_fn),
            "W3 dicts": lambda: list(classifier.predict(input_fn)),
            "W3 arrays": lambda: classifier.predict_all(input_fn)}


def work_of_row(tf, case: str, folder: str):
    classifier, row = w4.trained(tf, *w4.CASES[case], folder)
    features = {"x": row[0]}
    return lambda: classifier.predict_one(features)


def numest() -> measure.Figures:
    tf = measure.import_party("numest")
    figures: measure.Figures = {}
    with measure.model_dir() as a, measure.model_dir() as b, \
            measure.model_dir() as seed:
        slow = works_of_seed_model(tf, seed)
        fast = {f"W4{case}": work_of_row(tf, case, folder)
                for case, folder in (("a", a), ("b", b))}
        for setting, (threads, callers) in SETTINGS.items():
            tf.set_num_threads(threads)
            for works, calls in ((slow, measure.sized(200, 8)),
                                 (fast, measure.sized(4000, 16))):
                for name, work in works.items():
                    add(figures, f"{name}, {setting}", work, calls, callers)
    return figures


def onnxruntime() -> measure.Figures:
    figures: measure.Figures = {}
    images, _ = measure.seed_data()
    x = images.reshape(len(images), -1)
    for setting, (threads, callers) in SETTINGS.items():
        seed, _ = w4.onnx_session(*w4.CASES["a"], threads, "rows")

        def arrays(session=seed):
            return [session.run(None, {"x": x[i:i + 32]})
                    for i in range(0, len(x), 32)]

        add(figures, f"W3 arrays, {setting}", arrays, measure.sized(200, 8),
            callers)
        for case, sizes in w4.CASES.items():
            session, row = w4.onnx_session(*sizes, threads)
            add(figures, f"W4{case}, {setting}",
                lambda s=session, r=row: s.run(None, r),
                measure.sized(4000, 16), callers)
    return figures


if __name__ == "__main__":
    measure.main(globals())
