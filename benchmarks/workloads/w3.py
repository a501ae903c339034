"""W3: predict 1000 rows as a list of dicts, second call; and, where there is
one, the array form."""

import measure


def predict(tf) -> measure.Figures:
    images, labels = measure.seed_data()
    with measure.model_dir() as folder:
        classifier = measure.seed_classifier(tf, folder)
        classifier.train(measure.seed_input_fn(tf, images, labels, True),
                         steps=10)
        input_fn = measure.seed_input_fn(tf, images, labels, train=False)
        list(classifier.predict(input_fn))
        figures = {"list of dicts": (1e3 * min(
            measure.seconds(lambda: list(classifier.predict(input_fn)))
            for _ in range(3)), "ms")}
        if hasattr(classifier, "predict_all"):
            classifier.predict_all(input_fn)
            figures["arrays"] = (1e3 * min(
                measure.seconds(lambda: classifier.predict_all(input_fn))
                for _ in range(3)), "ms")
    return figures


def numest() -> measure.Figures:
    return predict(measure.import_party("numest"))


def tensorflow() -> measure.Figures:
    return predict(measure.import_party("tensorflow"))


def torch() -> measure.Figures:
    import torch as pt
    images, _ = measure.seed_data()
    x = pt.from_numpy(images.reshape(len(images), -1))
    net = pt.nn.Sequential(pt.nn.Linear(3072, 128), pt.nn.ReLU(),
                           pt.nn.Linear(128, 64), pt.nn.ReLU(),
                           pt.nn.Linear(64, 10))

    @pt.inference_mode()
    def arrays():
        return [net(x[i:i + 32]).softmax(1).numpy()
                for i in range(0, len(x), 32)]

    def dicts():
        return [{"probabilities": row, "class_ids": row.argmax()[None]}
                for rows in arrays() for row in rows]

    arrays()
    return {"list of dicts": (1e3 * min(measure.seconds(dicts)
                                        for _ in range(3)), "ms"),
            "arrays": (1e3 * min(measure.seconds(arrays)
                                 for _ in range(3)), "ms")}


if __name__ == "__main__":
    measure.main(globals())
