"""Loops of traced functions: left by values, over traced ranges, long ones;
NumPy's results for each element, without a call of Python."""
import time
import warnings

import numpy as np
import pytest

import numest as tf

R = np.random.default_rng(3)
X = np.round(R.normal(size=(9, 6, 4)) * 4) / 4
J = R.integers(0, 5, (9, 6))
N = np.arange(9) % 7


def collatz(x, j, n):
  steps, k = np.int64(0), n + 1
  while k != 1:
    k = k // 2 if k % 2 == 0 else 3 * k + 1
    steps += 1
  return steps, x


def halving(x, j, n):
  while np.abs(x).max() > 0.5:
    x = x / 2
  return x


def writes_in_a_loop(x, j, n):
  i = 0
  while i < n and i < 6:
    x[i] = x[i] * 2 + i
    x[i, 0] += j[i]
    i += 1
  return x


def view_of_a_row(x, j, n):
  y = x[1:]
  for i in range(n):
    row = x[i % 6]
    row += 1
    y[0] = row
  return x, y


def written_before(x, j, n):
  y = np.zeros(6)
  i = 0
  while x[i, 0] < 1 and i < 5:
    y[i] = x[i].sum()
    i += 1
  return y, np.int64(i)


def local_array(x, j, n):
  total = np.zeros(4)
  for i in range(n % 6):
    part = np.zeros(4)
    part[i % 4] = x[i, 0]
    total += part
  return total


def local_copy(x, j, n):
  best = x[0].copy()
  for i in range(1, n % 6):
    row = x[i].copy()
    row[0] = 0
    if row.sum() > best.sum():
      best = row
  return best


def break_(x, j, n):
  total = 0.0
  for i in range(6):
    if x[i, 0] > 1:
      break
    total += x[i].sum()
  return np.float64(total)


def continue_(x, j, n):
  total = 0.0
  for i in range(6):
    if j[i] == n:
      continue
    if j[i] > 3:
      total -= 1
      continue
    total += x[i, 1]
  return np.float64(total)


def return_in_a_loop(x, j, n):
  for i in range(6):
    if j[i] == n:
      return np.int64(i), x[i]
  return np.int64(-1), x[0]


def return_in_a_while(x, j, n):
  i = 0
  while True:
    if i == 6:
      return np.int64(-1)
    if j[i] >= n:
      return np.int64(i)
    i += 1


def return_from_nested_loops(x, j, n):
  for i in range(6):
    for k in range(4):
      if x[i, k] > 1:
        return np.int64(i * 4 + k)
      if k > n:
        break
  return np.int64(-1)


def for_else(x, j, n):
  found = 0
  for i in range(6):
    if j[i] == n:
      found = i
      break
  else:
    found = -5
  return x + found


def while_else(x, j, n):
  i = 0
  while i < n:
    i += 2
    if j[i % 6] == 3:
      break
  else:
    i += 100
  return x + i


def traced_range(x, j, n):
  total = 0.0
  for i in range(n):
    total = total + x[i % 6].sum() * i
  return np.float64(total)


def range_with_bounds(x, j, n):
  for i in range(n, 20, 3):
    x = x + i
  for i in range(n, -1, -1):
    x[i % 6] -= i
  return x


def over_rows_of_unknown_number(x, j, n):
  total = np.zeros(4)
  for row in x[x[:, 0] > 0]:
    total = total * 0.5 + row
  return total


def nested(x, j, n):
  total = 0.0
  for i in range(n):
    k = 0
    while k < j[i % 6]:
      total += x[i % 6, k % 4]
      k += 1
  return np.float64(total)


def condition_in_a_loop(x, j, n):
  low, high = 0.0, 8.0
  for _ in range(n):
    middle = (low + high) / 2
    if middle ** 2 > x.max():
      high = middle
    else:
      low = middle
  return np.float64(low)


def loop_in_a_branch(x, j, n):
  if n > 0:
    k = n
    while k != 0:  # would never end where n <= 0
      k -= 1
      x = x + 1
  return x


def best_so_far(x, j, n):
  best, at = 0, -1
  for i in range(n % 6):
    if x[i].sum() > best:
      best, at = x[i].sum(), i
  return np.int64(at), x * best


def some_paths_assign(x, j, n):
  if n > 3:
    scale = 2.0
  if n > 3:
    x = x * scale
  return x


def growing(x, j, n):
  found = np.zeros(0)
  for i in range(n):
    found = np.append(found, x[i % 6, 0])
  return found


def ragged_in_a_loop(x, j, n):
  total = 0.0
  for i in range(n):
    row = x[i % 6]
    total += row[row > 0].sum()
  return np.float64(total)


def stack_in_a_loop(x, j, n):
  rows = []
  for i in range(6):
    if i % 2:
      continue
    rows.append(x[i] * 2)
  return np.stack(rows)


def swap(x, j, n):
  a, b = x[0].sum(), x[1].sum()
  for _ in range(n):
    a, b = b, a + b
  return np.float64(a)


def tuple_state(x, j, n):
  state = (x[0], np.float64(0))
  while state[1] < n:
    state = (state[0] * 2, state[1] + 1)
  return state


def enumerated(x, j, n):
  total = 0.0
  for i, row in enumerate(x):
    if row[0] > 1:
      break
    total += i * row.sum()
  return np.float64(total)


def sorted_by_hand(x, j, n):
  j = j.copy()
  for i in range(1, 6):
    k = i
    while k > 0 and j[k - 1] > j[k]:
      j[k - 1], j[k] = j[k], j[k - 1]
      k -= 1
  return j


def newton(x, j, n):
  c = np.abs(x[0, 0]) + 1
  guess = c
  while np.abs(guess * guess - c) > 1e-10:
    guess = 0.5 * (guess + c / guess)
  return guess


def helper_with_a_loop(x, j, n):
  def power(base, times):
    result = base * 0 + 1
    for _ in range(times):
      result = result * base
    return result
  return power(x, n)


def until_it_settles(x, j, n):
  while True:
    y = np.maximum(x[:, :1], np.minimum(x, 0.5))
    if (y == x).all():
      return x
    x = y


def one_of_two_ways_out(x, j, n):
  k = np.int64(0)
  while True:
    for i in j:
      k += i + 1
    if k > 40:
      return k, x
    if k % 7 == n:
      return -k, x


FUNCTIONS = [f for f in list(globals().values())
             if getattr(f, "__module__", "") == __name__ and callable(f)]


def leaves(value):
  return list(value) if isinstance(value, tuple) else [value]


def check(function, *columns):
  with warnings.catch_warnings(), np.errstate(all="ignore"):
    wanted = [leaves(function(*(np.copy(c[e])[()] for c in columns)))
              for e in range(len(columns[0]))]
  data = tf.data.Dataset.from_tensor_slices(columns)
  before = tf.counters()["python_calls"]
  assert ": native" in tf.explain(data.map(function)), tf.explain(
      data.map(function))
  for parallel in (None, 8):
    results = list(data.map(function, parallel).as_numpy_iterator())
    for got, want in zip(results, wanted, strict=True):
      for a, b in zip(leaves(got), want, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_array_equal(a, b)
  assert tf.counters()["python_calls"] == before


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_loop_gives_what_numpy_gives(function):
  check(function, X, J, N)


# --- how they run ---
def nodes_of(function, *columns):
  data = tf.data.Dataset.from_tensor_slices(columns)
  return data.map(function)._explained[0]._nodes


def test_a_long_loop_of_known_rounds_is_rolled_up():
  def long(x, j, n):
    total = 0.0
    for i in range(10_000):
      total = total + x[i % 6, i % 4] * 0.5
    return np.float64(total)
  start = time.perf_counter()
  nodes = nodes_of(long, X, J, N)
  assert time.perf_counter() - start < 5
  assert len(nodes) < 200 and any(n[0] == "while_loop" for n in nodes)
  check(long, X[:2], J[:2], N[:2])


def test_a_long_while_loop_of_known_rounds_is_rolled_up():
  def long(x, j, n):
    i = 0
    while i < 3000:
      x[i % 6] += i
      i += 1
    return x
  assert len(nodes_of(long, X, J, N)) < 9000
  check(long, X[:2], J[:2], N[:2])


def test_a_long_loop_over_rows_is_rolled_up():
  wide = np.round(R.normal(size=(2, 5000, 2)) * 4)

  def over_rows(x):
    total = np.zeros(2)
    for row in x:
      total = np.abs(total * 0.5 - row)
    return total
  assert len(nodes_of(over_rows, wide)) < 200
  check(over_rows, wide)


def test_a_short_loop_is_unrolled():
  def short(x, j, n):
    for i in range(5):
      x = x + i
    return x
  assert all(n[0] != "while_loop" for n in nodes_of(short, X, J, N))


def test_a_long_loop_that_fills_a_list_is_unrolled():
  def fills(x, j, n):
    rows = []
    for i in range(200):
      rows.append(x[i % 6] * i)
    return np.stack(rows)
  check(fills, X, J, N)


def with_threads(data, function):
  """The elements in one thread and in eight, with the same seeds."""
  one, eight = (iter(data.map(function, k)) for k in (1, 8))
  eight.set_state(one.get_state())
  return [[tuple(v.numpy() for v in e) if isinstance(e, tuple) else e.numpy()
           for e in i] for i in (one, eight)]


def test_rounds_draw_anew_and_the_same_for_any_threads():
  def walk(n):
    steps, at = 0, 0.0
    while at < 3:
      at += np.random.rand()
      steps += 1
    return np.int64(steps), np.float64(at)
  data = tf.data.Dataset.from_tensor_slices(np.arange(400))
  assert ": native" in tf.explain(data.map(walk))
  one, eight = with_threads(data, walk)
  assert one == eight
  steps = np.array([s for s, _ in one])
  assert all(3 <= a < 4 for _, a in one)
  # Wald: E[steps] * 0.5 = E[at]; at overshoots 3 by about a third.
  assert abs(steps.mean() - 2 * np.mean([a for _, a in one])) < 0.5
  assert len(set(steps)) > 3


def test_rejection_sampling():
  def sample(n):
    x, y = np.random.rand(), np.random.rand()
    while x * x + y * y > 1:
      x, y = np.random.rand(), np.random.rand()
    return np.float64(x * x + y * y)
  data = tf.data.Dataset.from_tensor_slices(np.arange(2000)).map(sample)
  drawn = np.array(list(data.as_numpy_iterator()))
  assert drawn.max() <= 1 and len(set(drawn)) == 2000
  assert abs(drawn.mean() - 0.5) < 0.03  # uniform on the disc


def test_random_crops():
  images = np.arange(40 * 8 * 8.0).reshape(40, 8, 8)

  def crop(image):
    height, width = np.random.randint(3, 7), np.random.randint(3, 7)
    top = np.random.randint(0, 8 - height + 1)
    left = np.random.randint(0, 8 - width + 1)
    return image[top:top + height, left:left + width]
  data = tf.data.Dataset.from_tensor_slices(images)
  assert ": native" in tf.explain(data.map(crop))
  one, eight = with_threads(data, crop)
  for image, a, b in zip(images, one, eight):
    np.testing.assert_array_equal(a, b)
    top, left = np.argwhere(image == a[0, 0])[0]
    np.testing.assert_array_equal(
        a, image[top:top + a.shape[0], left:left + a.shape[1]])
  assert len({a.shape for a in one}) > 8


# --- derivatives ---
def differences(loss, x, step=1e-6):
  result = np.empty_like(x)
  for i in np.ndindex(x.shape):
    ends = []
    for sign in (1, -1):
      moved = x.copy()
      moved[i] += sign * step
      ends.append(loss(moved))
    result[i] = (ends[0] - ends[1]) / (2 * step)
  return result


def test_gradient_through_a_loop_left_by_a_value():
  def loss(x):
    y = x
    while np.sum(y * y) < 50:
      y = y * 1.5 + np.sin(y)
    return np.sum(y)
  x = X[0] * 0.3 + 0.1
  np.testing.assert_allclose(tf.grad(loss)(x), differences(loss, x),
                             rtol=1e-5)


def test_gradient_through_writes_of_a_traced_range():
  def loss(x, n):
    y = np.zeros(6)
    for i in range(n):
      y[i] = x[i].sum() * (y[i - 1] + 1)
    return np.sum(y ** 2)
  x = X[1]
  np.testing.assert_allclose(tf.grad(loss)(x, np.int64(4)),
                             differences(lambda v: loss(v, 4), x),
                             rtol=1e-5, atol=1e-6)


# --- what is refused runs in Python, with a reason ---
def runs_in_python(function, reason):
  data = tf.data.Dataset.from_tensor_slices((X, J, N)).map(function)
  assert reason in tf.explain(data), tf.explain(data)
  wanted = [function(x.copy(), j, n) for x, j, n in zip(X, J, N)]
  for got, want in zip(data.as_numpy_iterator(), wanted, strict=True):
    for a, b in zip(leaves(got), leaves(want), strict=True):
      np.testing.assert_array_equal(a, b)


def test_a_list_that_grows_by_value_runs_in_python():
  def grows(x, j, n):
    rows = [x[0]]
    for i in range(n):
      rows.append(x[i % 6])
    return np.stack(rows)
  runs_in_python(grows, "changes a list")


def test_an_array_shared_across_rounds_is_not_written_to():
  def shares(x, j, n):
    y = x[0]
    for i in range(n):
      y[0] += 1
      y = x[i % 6]
    return x
  runs_in_python(shares, "a loop took from another")


def test_two_names_of_one_array_across_rounds():
  def two_names(x, j, n):
    a = b = x[0] * 1
    for i in range(n):
      a[0] += 1
      a = b = b * 2
    return a, b
  runs_in_python(two_names, "a loop took from another")


def test_a_view_taken_in_a_loop_sees_no_later_write():
  def later(x, j, n):
    row = x[0]
    for i in range(n):
      row = x[i % 6]
    x[...] = 0
    return row * 1
  runs_in_python(later, "a loop took from another")


def test_a_variable_that_changes_its_kind():
  def kind(x, j, n):
    best = None
    for i in range(n):
      best = x[i % 6]
    return x[0] if best is None else best
  runs_in_python(kind, "changes a NoneType")


def test_a_step_of_values():
  def steps(x, j, n):
    total = 0
    for i in range(0, 20, n + 1):
      total += i
    return x + total
  runs_in_python(steps, "a range has a step that depends on values")


def test_the_name_of_an_exception_ends_with_its_handler():
  def counts_failures(x):
    found = 0.0
    for text in ("1", "a"):
      for _ in range(2):
        try:
          int(text)
        except ValueError as error:
          message = str(error)
          if "invalid" in message:
            found += len(message)
    return x + found
  dataset = tf.data.Dataset.from_tensor_slices(np.zeros(3)).map(
      counts_failures, strict=True)
  assert list(dataset.as_numpy_iterator()) == [counts_failures(0.0)] * 3
