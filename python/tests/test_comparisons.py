"""max, min, sorted, any and all of traced values, against Python's own."""
import numpy as np
import pytest

import numest as tf

RANDOM = np.random.default_rng(0)
INTS = RANDOM.integers(-3, 4, (40, 9))  # the most are not alone
FLOATS = RANDOM.integers(-3, 4, INTS.shape) / 2
FLOATS[RANDOM.random(FLOATS.shape) < 0.2] = np.nan
FLOATS[0] = np.arange(9)


def agree(function, is_native=True):
  dataset = tf.data.Dataset.from_tensor_slices((FLOATS, INTS)).map(function)
  found = list(dataset.as_numpy_iterator())
  for got, x, i in zip(found, FLOATS, INTS, strict=True):
    wanted = function(x, i)
    is_tuple = isinstance(wanted, tuple)
    for a, b in zip(got, wanted, strict=True) if is_tuple else [(got, wanted)]:
      np.testing.assert_array_equal(a, b)
  explained = tf.explain(dataset).functions[0]
  assert explained["runs"] == ("native" if is_native else "python"), explained
  if is_native:
    tf.check(function, (FLOATS[0], INTS[0]))


def of_arrays(x, i):
  return max(x), min(x), max(i), min(i)


def of_numbers(x, i):
  return max(x[0], x[1], 0.5), min(x[2], x[0], 0.0), max(i[0], 0, i[1])


def by_key(x, i):
  return (max(x, key=abs), min(i, key=lambda v: -v), min(x, key=lambda v: v),
          max(range(9), key=lambda k: i[k]), min(range(9), key=lambda k: x[k]))


def of_pairs(x, i):
  best, at = max(zip(i, range(9)), key=lambda pair: pair[0])
  return best, at, max(enumerate(i), key=lambda pair: -pair[1])[0]


@pytest.mark.parametrize("function", [of_arrays, of_numbers, by_key, of_pairs])
def test_the_first_of_the_largest_is_taken(function):
  agree(function)


def test_no_values_give_the_default():
  agree(lambda x, i: (i[0], max([], default=3), min(i[:0], default=i[1])))


def test_rows_are_not_compared():
  dataset = tf.data.Dataset.from_tensor_slices(np.ones((3, 2, 2)))
  with pytest.raises(ValueError, match="truth value of an array"):
    dataset.map(lambda x: max(x))


def in_order(x, i):
  return (np.array(sorted(i)), np.array(sorted(i, reverse=True)),
          sorted([int(v) for v in i])[4])


def positions_in_order(x, i):
  up = sorted(range(9), key=lambda k: i[k])
  down = sorted(range(9), key=i.__getitem__, reverse=True)
  return np.array(up), np.array(down)


def pairs_in_order(x, i):
  pairs = sorted(enumerate(i), key=lambda pair: -pair[1])
  return np.array([at for at, _ in pairs]), pairs[0][1]


@pytest.mark.parametrize("function", [in_order, positions_in_order,
                                      pairs_in_order])
def test_equal_keys_stay_in_their_order(function):
  agree(function)


def by_two_keys(x, i):
  pairs = [(i[0], i[1]), (i[2], i[3])]
  return sorted(pairs)[0][1], max(pairs)[1]


def test_keys_of_two_parts_are_decisions():
  agree(by_two_keys)


def asked(x, i):
  return (any(v > 2 for v in i), all(v > -3 for v in i), any(i), all(i),
          any(x > 1), all([i[0], 1]), any([False, i[0] > 1]), any([i[0], True]),
          all([i[0], False]), any([]), all([]), not any(v > 2 for v in i))


def asked_in_conditions(x, i):
  if any(v == 3 for v in i) and not all(v for v in i):
    return i[0] * 1.0
  return i[1] * 2.0 if all(v > -3 for v in i) else any(i > 2) + 0.5


@pytest.mark.parametrize("function", [asked, asked_in_conditions])
def test_any_and_all_are_one_program(function):
  agree(function)


def test_an_array_has_no_truth():
  with pytest.raises(ValueError, match="truth value of an array"):
    tf.data.Dataset.from_tensor_slices(INTS).map(lambda i: all([i[:2]]))


def mixed(x, i):
  return 0.5 if i[0] > 0 else i.mean() * 1e-9


def test_check_lets_a_number_of_python_have_the_dtype_of_other_paths():
  for row in INTS[:8]:
    tf.check(mixed, (FLOATS[0], row))


def filtered(x, i):
  return (sum(v for v in i if v > 0), sum(1 for v in i if v > 0 if v < 3),
          len([v for v in i if v % 2 == 0]), any(v > 2 for v in i if v != 3),
          all(v < 3 for v in i if v > -2), sum([v * w for v in i for w in i[:2]
                                                if v > w]))


def filtered_by_what_is_known(x, i):
  return (sum(i[k] for k in range(9) if k % 3), len([k for k in range(9) if k]),
          sum(v for v in i if v > 0 and v < 3) if any(
              v for v in i if v < 0) else len([v for v in [1, 2] if v > 1]))


@pytest.mark.parametrize("function", [filtered, filtered_by_what_is_known])
def test_a_filter_is_a_selection(function):
  agree(function)


def total_of_rows(x, i):
  rows = i.reshape(3, 3)
  return sum(row for row in rows if row[0] > 0) + i[:3]


def test_a_filter_of_rows_is_a_path():
  agree(total_of_rows)


def with_other_functions(x, i):
  def sum(values):
    return list(values)[-1]
  return sum(k for k in range(5) if k < 3) + i[0]


def test_functions_of_the_users_own_keep_their_filter():
  agree(with_other_functions)


def counts_what_it_asks(x, i):
  count = 0

  def is_large(value):
    nonlocal count
    count += 1
    return value > 2
  found = any(is_large(v) for v in i[:5])
  return found, count, all(not is_large(v) for v in i[5:7]), count


def takes_what_it_asks(x, i):
  items = iter(i[:5])
  found = any(v > 1 for v in items)
  return found, sum(items)


@pytest.mark.parametrize("function", [counts_what_it_asks, takes_what_it_asks])
def test_what_is_not_asked_changes_nothing(function):
  agree(function)
