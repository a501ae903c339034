"""W4: one row per request, hot: (a) the seed's model of 3,072 features, (b)
20 features, DNN 64-32; p50 and p99."""

import measure

CASES = {"a": (3072, [128, 64]), "b": (20, [64, 32])}


def trained(tf, features: int, hidden: list[int], folder: str):
    import numpy as np
    random = np.random.default_rng(0)
    x = random.random((64, features), dtype=np.float32)
    y = random.integers(0, 10, 64).astype(np.int32)
    classifier = tf.estimator.DNNClassifier(
        feature_columns=[tf.feature_column.numeric_column(
            "x", shape=[features])],
        hidden_units=hidden, n_classes=10, model_dir=folder)
    classifier.train(lambda: tf.data.Dataset.from_tensor_slices(
        ({"x": x}, y)).repeat().batch(32), steps=5)
    return classifier, x[:1]


def requests(tf, calls: int) -> measure.Figures:
    figures = {}
    for case, (features, hidden) in CASES.items():
        with measure.model_dir() as folder:
            classifier, row = trained(tf, features, hidden, folder)

            def input_fn():
                return tf.data.Dataset.from_tensor_slices({"x": row}).batch(1)

            if hasattr(classifier, "predict_one"):
                features_of_row = {"x": row[0]}

                def request():
                    return classifier.predict_one(features_of_row)
            else:
                def request():
                    return list(classifier.predict(input_fn))

            request()
            p50, p99 = measure.percentiles(request, calls)
        figures[f"{case} p50"] = (p50, "us")
        figures[f"{case} p99"] = (p99, "us")
    return figures


def numest() -> measure.Figures:
    return requests(measure.import_party("numest"),
                    calls=measure.sized(2000, 10))


def tensorflow() -> measure.Figures:
    return requests(measure.import_party("tensorflow"),
                    calls=measure.sized(20, 2))


def onnx_session(features: int, hidden: list[int], threads: int = 0,
                 batch: int | str = 1):
    """A session of such a network, and a row for it; 0 threads: its default;
    a name for `batch`: any extent."""
    import numpy as np
    import onnx
    import onnxruntime as ort
    from onnx import helper, numpy_helper
    sizes, nodes, tensors, name = [features, *hidden, 10], [], [], "x"
    for i, (m, n) in enumerate(zip(sizes, sizes[1:])):
        weights = np.random.default_rng(i).random((m, n), "f4") - 0.5
        tensors += [numpy_helper.from_array(weights, f"w{i}"),
                    numpy_helper.from_array(np.zeros(n, "f4"), f"b{i}")]
        nodes.append(helper.make_node("Gemm", [name, f"w{i}", f"b{i}"],
                                      [f"z{i}"]))
        kind = "Relu" if i + 2 < len(sizes) else "Softmax"
        name = f"y{i}"
        nodes.append(helper.make_node(kind, [f"z{i}"], [name]))
    float32 = onnx.TensorProto.FLOAT
    model = helper.make_model(helper.make_graph(
        nodes, "dnn",
        [helper.make_tensor_value_info("x", float32, [batch, features])],
        [helper.make_tensor_value_info(name, float32, [batch, 10])],
        tensors), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(model.SerializeToString(), options,
                                   providers=["CPUExecutionProvider"])
    return session, {"x": np.ones((1, features), "f4")}


def onnxruntime() -> measure.Figures:
    figures = {}
    for case, (features, hidden) in CASES.items():
        session, row = onnx_session(features, hidden)
        session.run(None, row)
        p50, p99 = measure.percentiles(lambda: session.run(None, row),
                                       measure.sized(2000, 10))
        figures[f"{case} p50"] = (p50, "us")
        figures[f"{case} p99"] = (p99, "us")
    return figures


if __name__ == "__main__":
    measure.main(globals())
