"""Run by TensorFlow 2.15's Python: takes up a model_dir of Numest.

  continue_in_tensorflow.py MODEL_DIR DATA.npz ESTIMATOR OPTIMIZER OUT.npz

OUT has the metrics and predictions before, and all variables after, 5 more
steps of training."""
import sys

import numpy as np
import tensorflow as tf


def main(model_dir, data, estimator, optimizer, out):
  with np.load(data) as d:
    x, y = d['x'], d['y']

  def input_fn():
    dataset = tf.data.Dataset.from_tensor_slices(({'x': x}, y))
    return dataset.batch(16)

  columns = [tf.feature_column.numeric_column('x', x.shape[1:])]
  options = {'hidden_units': [8, 4]} if estimator.startswith('DNN') else {}
  if estimator.endswith('Classifier'):
    options['n_classes'] = 3
  model = getattr(tf.estimator, estimator)(
      feature_columns=columns, model_dir=model_dir, optimizer=optimizer,
      **options)
  found = {f'metric/{k}': v for k, v in model.evaluate(input_fn).items()}
  for key in ('probabilities', 'predictions'):
    rows = [p[key] for p in model.predict(input_fn) if key in p]
    if rows:
      found[f'prediction/{key}'] = np.array(rows)
  model.train(lambda: input_fn().repeat(), steps=5)
  for name in model.get_variable_names():
    found[f'variable/{name}'] = model.get_variable_value(name)
  np.savez(out, **found)


if __name__ == '__main__':
  main(*sys.argv[1:])
