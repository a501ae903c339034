"""Functions that Python runs: entries by block, views, what is learned."""
import random
import re
import sys

import numpy as np
import pytest

import numest as tf

SCALE = 2.0
GENERATOR = np.random.default_rng(0)
ROWS = np.arange(24, dtype=np.float32).reshape(6, 4)


def mapped(function, rows=ROWS, **arguments):
  return tf.data.Dataset.from_tensor_slices(rows).map(function, **arguments)


def values(dataset):
  return list(dataset.as_numpy_iterator())


def counted(run):
  before = tf.counters()
  run()
  after = tf.counters()
  return {name: after[name] - before[name] for name in after}


def total(x):
  return np.float32(sum(x.tolist()))


def test_a_block_is_one_entry():
  dataset = mapped(total, np.ones((1000, 4), np.float32)).batch(100)
  counts = counted(lambda: values(dataset))
  assert counts["python_calls"] == 1000
  assert counts["gil_acquisitions"] == 10


def test_a_filtered_block_is_one_entry():
  rows = tf.data.Dataset.from_tensor_slices(np.arange(1000))
  dataset = rows.filter(lambda x: x.tolist() % 2 == 0).batch(100)
  counts = counted(lambda: values(dataset))
  assert counts["python_calls"] == 1000
  assert counts["gil_acquisitions"] < 100
  np.testing.assert_array_equal(np.concatenate(values(dataset)),
                                np.arange(0, 1000, 2))


def test_threads_share_a_block_in_few_entries():
  dataset = mapped(total, np.ones((1000, 4), np.float32),
                   num_parallel_calls=tf.data.AUTOTUNE).batch(500)
  counts = counted(lambda: values(dataset))
  assert counts["python_calls"] == 1000
  assert counts["gil_acquisitions"] <= 2 * 8
  np.testing.assert_array_equal(np.concatenate(values(dataset)),
                                np.full(1000, 4, np.float32))


def test_results_go_into_the_batch():
  dataset = mapped(lambda x: x.numpy() * len(x.tolist()),
                   np.ones((1000, 4), np.float32)).batch(100)
  counts = counted(lambda: values(dataset))
  assert counts["array_allocations"] <= 10 + 1  # and the keys of places


def test_arguments_are_views():
  addresses = []

  def noting(x):
    addresses.append(x.numpy().__array_interface__["data"][0])
    return np.float32(x.tolist()[0])
  dataset = mapped(noting)
  addresses.clear()
  values(dataset)
  assert addresses == [row.__array_interface__["data"][0] for row in ROWS]


def test_a_function_that_writes_gets_copies():
  rows = ROWS.copy()

  def writing(x):
    x = x.numpy()
    x[0] = len(x.tolist())
    return x
  np.testing.assert_array_equal(values(mapped(writing, rows))[2],
                                [4, 9, 10, 11])
  np.testing.assert_array_equal(rows, ROWS)


def test_a_rare_write_gets_a_copy_and_the_same_draws():
  rows = ROWS.copy()

  def rarely_writing(x):
    noise = np.random.rand()
    x = x.numpy()
    if x.tolist()[0] == 12:
      x[1] = noise
    return x + noise
  with_write = values(mapped(rarely_writing, rows))
  np.testing.assert_array_equal(rows, ROWS)
  noise = with_write[3][0] - 12
  np.testing.assert_allclose(with_write[3], [12 + noise, 2 * noise,
                                             14 + noise, 15 + noise],
                             rtol=1e-5, atol=1e-5)
  assert len({float(r[0] - 4 * i) for i, r in enumerate(with_write)}) == 6


def test_errors_that_are_no_refused_write_are_not_tried_again():
  calls = []

  def failing(x):
    calls.append(x.tolist())
    if x.tolist()[0] == 8:
      raise KeyError("mine")
    return x
  dataset = mapped(failing)
  calls.clear()
  with pytest.raises(KeyError, match="mine") as caught:
    values(dataset)
  assert len(calls) == 3
  assert "element 2" in caught.value.__notes__[0]


def helper(x):
  return x.tolist()[0]


def of_globals(x):
  x.tolist()
  return np.array([helper(x), sum([1, 2]), SCALE, np.max(x)], np.float64)


@pytest.mark.parametrize("name, value, wanted", [
    ("helper", lambda x: -1.0, [-1, 3, 2, 7]), ("SCALE", 5.0, [4, 3, 5, 7]),
    ("sum", lambda values: 9, [4, 9, 2, 7]),
    ("np.max", lambda x: 8, [4, 3, 2, 8])])
def test_a_name_that_is_bound_anew_is_seen_by_the_next_call(
    monkeypatch, name, value, wanted):
  elements = iter(mapped(of_globals))
  np.testing.assert_array_equal(next(elements), [0, 3, 2, 3])
  owner, _, attribute = name.rpartition(".")
  monkeypatch.setattr(np if owner else sys.modules[__name__], attribute, value,
                      raising=False)
  np.testing.assert_array_equal(next(elements), wanted)
  monkeypatch.undo()
  np.testing.assert_array_equal(next(elements), [8, 3, 2, 11])


def test_a_buffer_that_is_handed_out_again_is_copied():
  buffer = np.zeros(4, np.float32)

  def reusing(x):
    buffer[:] = x.tolist()
    return buffer
  np.testing.assert_array_equal(values(mapped(reusing).batch(6))[0], ROWS)
  np.testing.assert_array_equal(np.stack(values(mapped(reusing))), ROWS)


def test_extents_that_depend_on_values_are_unknown():
  dataset = mapped(lambda x: np.array([v for v in x.tolist() if v > 1]))
  assert dataset.element_spec.shape == [None]
  assert [len(v) for v in values(dataset)] == [2, 4, 4, 4, 4, 4]
  with pytest.raises(ValueError, match="unequal shapes"):
    values(dataset.batch(6))


def test_extents_that_the_trials_did_not_show_pass_through():
  dataset = mapped(lambda x: np.array([v for v in x.tolist() if v != 5]))
  assert [len(v) for v in values(dataset)] == [4, 3, 4, 4, 4, 4]
  assert [len(v) for v in values(dataset.batch(1).unbatch())] == [
      4, 3, 4, 4, 4, 4]


@pytest.mark.parametrize("other", [lambda x: x.numpy().astype(np.float64),
                                   lambda x: x.numpy()[None]])
def test_a_result_of_another_type_is_refused(other):
  def function(x):
    return other(x) if x.tolist()[0] == 8 else x
  expected = re.escape("map: component 0 of the result has another type than "
                       "for the element that the function was tried on: got")
  with pytest.raises(TypeError, match=expected + ".*element 2 of map"):
    values(mapped(function))


def test_pythons_random_is_keyed_by_the_element():
  def noisy(x):
    return np.float64(random.random() + random.choice([0, 10]) + 0 * len(
        x.tolist()))
  dataset = mapped(noisy).batch(2)
  first = np.concatenate(values(dataset))
  assert len(np.unique(first)) == 6
  seeded = [np.concatenate(values(mapped(noisy, num_parallel_calls=n).batch(b)))
            for n, b in ((1, 1), (None, 6))]
  assert len(np.unique(seeded[0])) == 6 and len(np.unique(seeded[1])) == 6


def test_draws_of_threads_do_not_mix():
  def noisy(x):
    first = np.random.rand(2)
    return first + len(x.tolist()), GENERATOR.random(), random.random()

  def drawn(threads):
    np.random.seed(3)
    return np.concatenate([np.column_stack(b) for b in mapped(
        noisy, np.ones((200, 4)), num_parallel_calls=threads).batch(
            50).as_numpy_iterator()])
  interval = sys.getswitchinterval()
  sys.setswitchinterval(1e-6)
  try:
    for _ in range(5):
      np.testing.assert_array_equal(drawn(tf.data.AUTOTUNE), drawn(1))
  finally:
    sys.setswitchinterval(interval)


def test_scalars_bytes_and_nests_come_as_they_are():
  def function(features, label):
    return {"n": np.int64(len(features["name"].tolist())),
            "x": features["x"]}, label
  data = ({"name": np.array([b"a", b"bcd"]), "x": np.ones((2, 0))},
          np.array([1, 2]))
  dataset = tf.data.Dataset.from_tensor_slices(data).map(function).batch(2)
  (features, label), = values(dataset)
  np.testing.assert_array_equal(features["n"], [1, 3])
  assert features["x"].shape == (2, 0)
  np.testing.assert_array_equal(label, [1, 2])


def test_a_function_that_made_up_values_fail_is_tried_on_elements(tmp_path):
  paths = []
  for size in (3, 5, 3):
    paths.append(tmp_path / f"{len(paths)}.npy")
    np.save(paths[-1], np.arange(size))
  dataset = mapped(lambda path: np.load(path.numpy().decode()),
                   np.array([str(p) for p in paths]))
  assert dataset.element_spec.shape == [None]
  assert [v.tolist() for v in values(dataset)] == [
      [0, 1, 2], [0, 1, 2, 3, 4], [0, 1, 2]]


def test_a_function_that_takes_no_element_raises_its_own_error():
  with pytest.raises(FileNotFoundError, match="nowhere"):
    mapped(lambda path: np.load(path.numpy().decode()),
           np.array(["nowhere/0.npy"]))


def test_an_empty_dataset_leaves_the_error_of_made_up_values():
  rows = tf.data.Dataset.from_tensor_slices(np.array(["a"])).take(0)
  with pytest.raises(FileNotFoundError):
    rows.map(lambda path: np.load(path.numpy().decode()))


def test_a_dtype_that_depends_on_values_is_the_one_that_holds_all():
  def whole_where_odd(x):
    n = x.tolist()[0]
    return np.array([n], np.int32) if n % 2 else np.array([n / 2])
  dataset = mapped(whole_where_odd, np.arange(4.0)[:, None])
  assert dataset.element_spec.dtype == tf.float64
  assert np.concatenate(values(dataset)).tolist() == [0, 1, 1, 3]
