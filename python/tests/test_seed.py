"""The three programs of the founding question, at small sizes."""
import numpy as np

import numest as tf


def input_fn(data, labels, batch_size=32):
  dataset = tf.data.Dataset.from_tensor_slices((data, labels))
  return dataset.shuffle(buffer_size=len(data)).batch(batch_size)


def make_data(count=96):
  rng = np.random.default_rng(0)
  labels = rng.integers(0, 10, count)
  images = rng.random((count, 8, 8, 3)) + labels[:, None, None, None]
  return (images - images.mean()) / images.std(), labels


def make_classifier(tmp_path):
  columns = [tf.feature_column.numeric_column("x", shape=[8, 8, 3])]
  return tf.estimator.DNNClassifier(
      feature_columns=columns, hidden_units=[16, 8], n_classes=10,
      model_dir=str(tmp_path), optimizer=tf.keras.optimizers.legacy.Adam(0.01),
      config=tf.estimator.RunConfig(tf_random_seed=7))


def test_preprocessing_training_and_postprocessing_run(tmp_path):
  images, labels = make_data()
  x = tf.constant(images, dtype=tf.float32)
  y = tf.constant(labels, dtype=tf.int32)
  classifier = make_classifier(tmp_path)
  classifier.train(lambda: input_fn(x, y).repeat(), steps=200)
  metrics = classifier.evaluate(lambda: input_fn(x, y))
  assert metrics["global_step"] == 200
  predictions = list(classifier.predict(lambda: input_fn(x, y)))
  probabilities = np.array([p["probabilities"] for p in predictions])
  assert probabilities.shape == (96, 10)
  accuracy = np.mean(np.argmax(probabilities, axis=1) == labels)
  np.testing.assert_allclose(accuracy, metrics["accuracy"], atol=1e-6)
  assert accuracy > 0.5


def test_training_stops_where_the_data_ends(tmp_path):
  images, labels = make_data()
  classifier = make_classifier(tmp_path)
  classifier.train(lambda: input_fn(images.astype(np.float32), labels),
                   steps=1000)
  assert classifier.get_variable_value("global_step") == 3


def _augment(image):
  image = image.numpy()
  if np.random.rand() > 0.5:
    image = np.fliplr(image)
  return image


def test_py_function_augmentation_flips_about_half_without_python():
  images = np.arange(200 * 4 * 6 * 3, dtype=np.float32).reshape(200, 4, 6, 3)
  labels = np.arange(200)

  def augment(image, label):
    image = tf.py_function(lambda x: _augment(x), [image], tf.float32)
    return image, label

  dataset = tf.data.Dataset.from_tensor_slices((images, labels)).map(augment)
  spec = dataset.element_spec
  assert spec[0].shape == (4, 6, 3) and spec[0].dtype == tf.float32
  before = tf.counters()["python_calls"]
  flipped = 0
  for image, label in dataset.batch(32):
    for one, i in zip(image.numpy(), label.numpy()):
      is_same = np.array_equal(one, images[i])
      assert is_same or np.array_equal(one, images[i][:, ::-1])
      flipped += not is_same
  assert 60 < flipped < 140
  assert tf.counters()["python_calls"] == before, tf.explain(dataset)


def test_untraceable_function_runs_in_python_with_a_known_spec():
  def function(x):
    return tf.py_function(
        lambda t: np.array([float(str(float(t.numpy())))]), [x], tf.float32)

  dataset = tf.data.Dataset.from_tensor_slices(
      np.arange(5, dtype=np.float32)).map(function)
  assert dataset.element_spec.shape == (1,)
  values = [float(e.numpy()[0]) for e in dataset]
  assert values == [0.0, 1.0, 2.0, 3.0, 4.0]
  assert "python" in tf.explain(dataset)
