"""Functions that Python runs: our API inside of them, and no leak.

NUMEST_LEAK_CALLS sets the number of calls (10,000).
"""
import gc
import os
import resource

import numpy as np

import numest as tf

CALLS = int(os.environ.get("NUMEST_LEAK_CALLS", 10_000))


def test_our_api_works_inside_of_a_call():
  square = tf.vmap(lambda v: v * v)

  def function(n):
    n.tolist()
    inner = tf.data.Dataset.range(int(n) + 1).map(lambda i: i * 2).batch(8)
    [numbers] = inner.as_numpy_iterator() if n >= 0 else [[]]
    slope = tf.grad(lambda v: v * v * 0.5)(np.float64(n))
    return square(np.asarray(numbers, np.float64)).sum() + slope
  dataset = tf.data.Dataset.range(6).map(function)
  assert "python" in tf.explain(dataset)
  wanted = [sum((2 * i) ** 2 for i in range(n + 1)) + n for n in range(6)]
  for parallel in (dataset, dataset.prefetch(2), dataset.batch(2).prefetch(2)):
    got = np.concatenate([np.ravel(v) for v in parallel.as_numpy_iterator()])
    np.testing.assert_allclose(got, wanted)


def test_calls_leak_nothing():
  def function(x):
    x.tolist()
    return x + np.random.rand(), {"a": np.float32(1)}
  data = np.zeros((CALLS, 4), np.float32)

  def one_pass():
    for _ in tf.data.Dataset.from_tensor_slices(data).map(function).batch(256):
      pass
    gc.collect()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
  one_pass()
  objects, peak = len(gc.get_objects()), one_pass()
  for _ in range(3):
    last = one_pass()
  assert len(gc.get_objects()) - objects < 500
  assert last - peak < 3 * CALLS * 8 + (4 << 20)  # less than 8 bytes a call
