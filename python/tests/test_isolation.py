"""Mapped functions in processes of their own: the same results, errors with
their tracebacks, workers that die, and nothing left behind.

NUMEST_ISOLATION_ITERATORS sets how many iterators the leak test makes (100).
"""
import contextlib
import gc
import os
import re
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

import numest as tf

ITERATORS = int(os.environ.get("NUMEST_ISOLATION_ITERATORS", 100))
ROWS = np.arange(160, dtype=np.float32).reshape(40, 4)
FACTOR = 3


def mapped(function, rows=ROWS, workers=2, isolate="process"):
  return tf.data.Dataset.from_tensor_slices(rows).map(
      function, num_parallel_calls=workers, isolate=isolate)


def values(dataset, seed=5):
  np.random.seed(seed)
  return list(dataset.as_numpy_iterator())


def assert_equal(found, wanted):
  assert type(found) is type(wanted) or not isinstance(wanted, (dict, tuple))
  if isinstance(wanted, dict):
    assert found.keys() == wanted.keys()
    found, wanted = list(found.values()), list(wanted.values())
  if isinstance(wanted, (list, tuple)):
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted):
      assert_equal(a, b)
    return
  assert np.asarray(found).dtype == np.asarray(wanted).dtype
  np.testing.assert_array_equal(found, wanted)


def noisy(x):
  drawn = np.random.rand(2) + len(x.tolist())
  return {"row": x[::-1] * FACTOR, "drawn": drawn}, np.random.default_rng(
      3).integers(1000)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("pipeline", [
    lambda d: d, lambda d: d.batch(7), lambda d: d.batch(16).prefetch(2),
    lambda d: d.shuffle(40, seed=1).batch(8), lambda d: d.repeat(2).batch(9)])
def test_results_and_draws_are_those_of_one_process(pipeline, workers):
  here = values(pipeline(mapped(noisy, isolate=None)))
  assert_equal(values(pipeline(mapped(noisy, workers=workers))), here)


def test_the_function_runs_in_as_many_other_processes():
  dataset = mapped(lambda x: np.int64(os.getpid() + 0 * len(x.tolist())))
  pids = set(np.concatenate(values(dataset.batch(40))).tolist())
  assert len(pids) == 2 and os.getpid() not in pids


@pytest.mark.parametrize("call", [tf.py_function, tf.numpy_function])
def test_tensorflows_functions_run_there_too(call):
  def pid(x):
    return np.int64(os.getpid() + 0 * len(x.tolist()))
  dataset = mapped(lambda x: call(pid, [x], tf.int64), workers=1).batch(40)
  [batch] = values(dataset)
  assert len(set(batch.tolist())) == 1 and batch[0] != os.getpid()


def is_in_shared_memory(x):
  x.tolist()
  at = x.__array_interface__["data"][0]
  with open("/proc/self/maps") as maps:
    for line in maps:
      begin, end = (int(n, 16) for n in line.split()[0].split("-"))
      if begin <= at < end:
        return np.bool_("memfd:numest" in line and x.base is not None)
  return np.bool_(False)


def test_arguments_are_views_of_shared_memory():
  assert np.concatenate(values(mapped(is_in_shared_memory).batch(40))).all()


def test_order_is_kept_where_elements_take_unequal_time():
  def slow_where_small(x):
    n = int(x.tolist()[0])
    return np.int64(n + 0 * sum(range(10**5 if n < 40 else 1)))
  [batch] = values(mapped(slow_where_small, workers=3).batch(40))
  np.testing.assert_array_equal(batch, ROWS[:, 0])


class Scaler:

  def __init__(self, scale):
    self.scale = scale

  def scaled(self, x):
    return x * len(x.tolist()) * self.scale


def test_closures_lambdas_and_methods_reach_the_workers():
  scale = 2

  def closure(x):
    return x * len(x.tolist()) * scale
  for function in (closure, lambda x: closure(x), Scaler(2).scaled):
    np.testing.assert_array_equal(np.stack(values(mapped(function))), 8 * ROWS)


def test_workers_see_what_was_there_when_the_iterator_was_made():
  state = {"scale": 2}
  dataset = mapped(lambda x: x * len(x.tolist()) * state["scale"]).batch(40)
  np.testing.assert_array_equal(values(dataset)[0], 8 * ROWS)
  state["scale"] = 3
  np.testing.assert_array_equal(values(dataset)[0], 12 * ROWS)


def test_strings_scalars_empties_and_unknown_extents():
  def function(text, n):
    text = text.numpy()
    return text + b"\0" + text, np.arange(int(n.tolist())), np.zeros((0, 2))
  rows = (np.array([b"a", b"", b"xyz"] * 4, object), np.arange(12))
  here = values(mapped(function, rows, isolate=None))
  assert here[2][0] == b"xyz\0xyz"
  assert_equal(values(mapped(function, rows)), here)


def test_a_function_that_writes_gets_copies():
  rows = ROWS.copy()

  def writing(x):
    x[0] = len(x.tolist())
    return x
  dataset = mapped(writing, rows).batch(40)
  [batch] = values(dataset)
  np.testing.assert_array_equal(batch[:, 0], 4)
  np.testing.assert_array_equal(batch[:, 1:], ROWS[:, 1:])
  np.testing.assert_array_equal(rows, ROWS)


def test_a_view_that_is_kept_does_not_change():
  kept = []

  def keeping(x):
    x.tolist()
    kept.append(x)
    return np.stack(kept)[-3:].sum(0) if len(kept) > 2 else kept[0] + 0
  # Calls that learned the type kept two; the worker begins with these.
  got = np.stack(values(mapped(keeping, workers=1)))
  np.testing.assert_array_equal(
      got[2:], ROWS[2:] + ROWS[1:-1] + ROWS[:-2])


def test_our_api_works_in_a_worker():
  def function(x):
    n = len(x.tolist())
    inner = tf.data.Dataset.range(n).map(lambda i: i * 2).batch(8).prefetch(1)
    [numbers] = inner.as_numpy_iterator()
    big = np.ones((300, 300)) @ np.ones((300, 300))
    return np.sum(tf.vmap(lambda v: v * v)(numbers)) + big[0, 0] + x[0]
  here = values(mapped(function, isolate=None))
  assert_equal(values(mapped(function)), here)


def test_a_function_that_is_a_program_needs_no_workers():
  dataset = mapped(lambda x: x * 2)
  [row] = tf.explain(dataset).functions
  assert row["runs"] == "native" and row["processes"] == 0
  np.testing.assert_array_equal(np.stack(values(dataset)), 2 * ROWS)
  assert children() == []


def test_explain_tells_processes_and_costs():
  dataset = mapped(lambda x: x * len(x.tolist()))
  values(dataset.batch(8))
  [row] = tf.explain(dataset).functions
  assert (row["runs"], row["processes"], row["calls"]) == ("python", 2, 40)
  # Into the shared memory, into that of results, and from there.
  assert row["us"] > 0 and row["bytes_copied"] >= 3 * ROWS.nbytes
  assert "once per element, in 2 processes, because" in tf.explain(dataset)


# --- errors ---
def failing_at(position, error):
  def failing(x):
    if x.tolist()[0] == 4 * position:
      raise error
    return x
  return failing


@pytest.mark.parametrize("batch", [1, 40])
def test_an_error_is_the_users_with_traceback_and_element(batch):
  dataset = mapped(failing_at(21, KeyError("mine"))).batch(batch)
  with pytest.raises(KeyError, match="mine") as caught:
    values(dataset)
  assert ("numest: raised at element 21 of the mapped function" in
          caught.value.__notes__)
  last = caught.traceback[-1]
  assert str(last.path) == __file__ and "raise error" in str(last.statement)
  assert last.name == "failing"


@pytest.mark.parametrize("isolate", [None, "process"])
def test_the_first_error_in_order_is_raised_and_workers_stay(isolate):
  def failing(x):
    if x.tolist()[0] in (4 * 9, 4 * 11, 4 * 18):
      raise ValueError(f"at {int(x[0]) // 4}")
    return x
  iterator = iter(mapped(failing, isolate=isolate).batch(20))
  before = children()
  for _ in range(2):  # the batch is tried again
    with pytest.raises(ValueError, match="at 9"):
      next(iterator)
  assert children() == before


def test_an_error_that_cannot_travel_is_told_by_its_name():
  class Mine(Exception):

    def __init__(self, a, b):
      super().__init__(f"{a} and {b}")
  with pytest.raises(RuntimeError, match="Mine: 1 and 2"):
    values(mapped(failing_at(30, Mine(1, 2))))


def test_the_cause_of_an_error_comes_along():
  def failing(x):
    try:
      return x / (0 if x.tolist()[0] == 80 else 1) + [][len(x) * (x[0] == 80)]
    except IndexError as error:
      raise OSError("later") from error

  def only_some(x):
    return failing(x) if x.tolist()[0] == 80 else x
  with np.errstate(all="ignore"), pytest.raises(OSError, match="later") as it:
    values(mapped(only_some))
  assert isinstance(it.value.__cause__, IndexError)
  assert it.value.__suppress_context__


def test_a_result_of_another_type_is_refused_as_in_one_process():
  def function(x):
    return x.astype(np.float64) if x.tolist()[0] == 80 else x
  with pytest.raises(TypeError, match=re.escape(
      "map: component 0 of the result has another type than for the element "
      "that the function was tried on: got float64") + ".*element 20 of map"):
    values(mapped(function))


@pytest.mark.parametrize("die, how", [
    (lambda: os._exit(3), "exited with status 3"),
    (lambda: os.kill(os.getpid(), signal.SIGKILL),
     "was killed by signal 9 (Killed)")])
def test_a_worker_that_dies_is_an_error_that_names_it(die, how):
  def dying(x):
    if x.tolist()[0] == 80:
      die()
    return x
  iterator = iter(mapped(dying).batch(40))
  with pytest.raises(ChildProcessError, match=(
      r"map: worker process [12] of 2 \(pid \d+\) " + re.escape(how) +
      " while it ran `dying` on element 20: expected results; call the")):
    next(iterator)
  del iterator
  assert children() == []


def test_new_workers_follow_those_that_died():
  first = []  # of the runs, in the parent

  def dying(x):
    if x.tolist()[0] == 8 and not first:
      os._exit(1)
    return x
  iterator = iter(mapped(dying).batch(10))
  with pytest.raises(ChildProcessError):
    next(iterator)
  first.append(1)
  np.testing.assert_array_equal(next(iterator), ROWS[:10])


def test_an_interrupt_ends_the_workers():
  def interrupting(x):
    if x.tolist()[0] == 80:
      os.kill(os.getppid(), signal.SIGINT)
      signal.pause()
    return x
  iterator = iter(mapped(interrupting).batch(40))
  with pytest.raises(KeyboardInterrupt):
    next(iterator)
  assert children() == []


# --- what is refused ---
def test_a_function_that_writes_outside_is_refused():
  seen, count = [], 0

  def appending(x):
    seen.append(1)
    return x

  def counting(x):
    nonlocal count
    count += 1
    return x
  for function, name in ((appending, "seen"), (counting, "count")):
    with pytest.raises(TypeError, match="map: isolate: .*can not run in other "
                       f"processes: it changes `{name}`.*leave isolate out"):
      mapped(function)


def test_other_kinds_and_counts_are_refused():
  with pytest.raises(ValueError, match="isolate: got 'thread', expected one "
                     "of"):
    mapped(noisy, isolate="thread")
  with pytest.raises(ValueError, match="num_parallel_calls: got 0"):
    mapped(noisy, workers=0)


def test_a_system_without_fork_is_told(monkeypatch):
  monkeypatch.delattr(os, "fork")
  with pytest.raises(NotImplementedError, match="isolate='process' starts its "
                     "workers by os.fork.*leave isolate out"):
    mapped(noisy)


# --- what is left behind ---
def children():
  gc.collect()  # iterators in tracebacks
  found = []
  for thread in os.listdir("/proc/self/task"):
    with contextlib.suppress(FileNotFoundError):  # it ended
      with open(f"/proc/self/task/{thread}/children") as file:
        found += file.read().split()
  return found


def num_files():
  return len(os.listdir("/proc/self/fd"))


def test_iterators_leave_no_process_and_no_file():
  dataset = mapped(noisy, ROWS[:2], workers=1)

  def use():
    iterator = iter(dataset)
    next(iterator)  # not to the end
  use()
  gc.collect()
  files = num_files()
  for _ in range(ITERATORS):
    use()
  gc.collect()
  assert num_files() == files and children() == []


def test_passes_of_a_repeat_share_their_workers():
  dataset = mapped(lambda x: np.int64(os.getpid() + 0 * len(x.tolist())),
                   ROWS[:4], workers=1).repeat(5)
  assert len({int(n) for n in values(dataset)}) == 1


def test_a_thread_may_use_the_iterator_of_another():
  iterator, found = iter(mapped(noisy).batch(40)), []
  thread = threading.Thread(target=lambda: found.append(next(iterator)))
  thread.start()
  thread.join()
  del iterator
  assert len(found) == 1 and children() == []


PROGRAM = """
import os, signal
import numpy as np
import numest as tf
dataset = tf.data.Dataset.range(9).map(
    lambda n: np.int64(n + len([n.tolist()])), isolate="process")
iterator = iter(dataset)
next(iterator)
print("started", flush=True)
{}
"""


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)",
                                 "os._exit(0)", ""])
def test_workers_end_with_their_parent(end):
  started = subprocess.run([sys.executable, "-c", PROGRAM.format(end)],
                           stdout=subprocess.PIPE, timeout=60, check=False)
  # The output is at its end when the last process that holds it is gone.
  assert started.stdout == b"started\n"


def test_output_of_workers_comes_once():
  code = PROGRAM.format("").replace("n + len", "print('run') or n + len")
  code = code.replace("iter(dataset)", "iter(dataset); print('here')")
  output = subprocess.run([sys.executable, "-c", code], check=True, timeout=60,
                          stdout=subprocess.PIPE, text=True).stdout.split()
  assert output.count("here") == 1 and output.count("started") == 1
  assert output.count("run") >= 3  # two made-up elements, and one
