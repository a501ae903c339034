"""The three programs that Numest is made for: NumPy before training, after
prediction and inside the input pipeline of an Estimator.
examples/cpp/seed.cpp is its twin."""
import numpy as np

import numest as tf


# Example 1: NumPy before training.
def input_fn(data, labels, batch_size=32):
  dataset = tf.data.Dataset.from_tensor_slices((data, labels))
  dataset = dataset.shuffle(buffer_size=len(data)).batch(batch_size)
  return dataset


X_np = np.random.rand(1000, 32, 32, 3)
y_np = np.random.randint(0, 10, 1000)

X_np = (X_np - np.mean(X_np)) / np.std(X_np)

X_tf = tf.constant(X_np, dtype=tf.float32)
y_tf = tf.constant(y_np, dtype=tf.int32)

feature_columns = [tf.feature_column.numeric_column('x', shape=[32, 32, 3])]
classifier = tf.estimator.DNNClassifier(
    feature_columns=feature_columns,
    hidden_units=[128, 64],
    n_classes=10,
    model_dir='./model_dir'
)

classifier.train(input_fn=lambda: input_fn(X_tf, y_tf), steps=1000)

classifier.evaluate(input_fn=lambda: input_fn(X_tf, y_tf))

# Example 2: NumPy after prediction.
predictions = list(classifier.predict(input_fn=lambda: input_fn(X_tf, y_tf)))
probabilities = np.array([p['probabilities'] for p in predictions])

predicted_classes = np.argmax(probabilities, axis=1)
accuracy = np.mean(predicted_classes == y_np)
print(f'Accuracy: {accuracy}')


# Example 3: NumPy inside the input pipeline.
def _augment(image):
  image = image.numpy()
  if np.random.rand() > 0.5:
    image = np.fliplr(image)
  return image


def augmented_input_fn(data, labels, batch_size=32):
  def augment(image, label):
    image = tf.py_function(lambda x: _augment(x), [image], tf.float32)
    return image, label

  dataset = tf.data.Dataset.from_tensor_slices((data, labels))
  dataset = dataset.map(augment)
  return dataset.shuffle(buffer_size=len(data)).batch(batch_size)


classifier.train(input_fn=lambda: augmented_input_fn(X_tf, y_tf), steps=1000)
