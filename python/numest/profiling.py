"""What the steps of a run cost, kernel by kernel."""
import os

from numest import _core, arguments


class profile:
  """Records what runs inside of a `with` block, in all threads.

      with tf.profile() as p:
        classifier.train(input_fn, steps=1000)
      print(p.table())
      p.save_chrome_trace("trace.json")

  Each node of each program (training steps, evaluation, prediction, functions
  of datasets) has a row with its calls, time, bytes, operations, and the
  share of this machine's limit that it reached; what is waited for, and what
  is done around programs, has rows too, so that the rows of a call add up to
  its time. docs/howto/profile.md tells how to read them. Results do not
  change. The first profile measures the machine, in some 0.1 s.

  Args:
    max_events: how many spans are kept one by one for the trace, the latest,
      40 bytes each. Rows count all of them.

  Raises:
    TypeError: max_events is no integer.
    ValueError: max_events is negative; on entry, if this or another profile
      is running in the process; of the methods, before the block ended.
  """

  def __init__(self, max_events=200_000):
    self._max_events = arguments.integer("profile", "max_events", max_events)
    self._core = None
    self._is_running = False

  def __enter__(self):
    if self._is_running:
      raise ValueError("profile: this one is running, expected none: there is "
                       "one at a time in a process")
    self._core = _core.Profile(self._max_events)
    self._is_running = True
    return self

  def __exit__(self, *error):
    self._is_running = False
    self._core.stop()

  def table(self, max_rows=30):
    """The rows as a text, by call, those that took most first.

    Args:
      max_rows: rows of each call; the last line says what is left out.
    """
    max_rows = arguments.integer("profile.table", "max_rows", max_rows)
    if max_rows < 1:
      raise ValueError(f"profile.table: max_rows: got {max_rows}, expected 1 "
                       "or more")
    return self._ended("table").table(max_rows)

  def as_dict(self):
    """The same as plain values, which json.dumps takes.

    Returns:
      A dictionary: us (from entry to exit), limits (num_threads, gb_per_s,
      gflop_per_s), events and dropped_events (of the trace), and calls: a
      list of dictionaries of name, calls, us and rows. A row is a dictionary:
      kind ("kernel", "program", "call" or "wait"), name, program, step (the
      place in the program, -1 if it is no kernel), type, source, calls, us
      (in all calls), own_us (without the rows inside: these add up to the us
      of the call), share (of the call), bytes, flops, gb_per_s, gflop_per_s,
      share_of_limit.
    """
    return self._ended("as_dict").as_dict()

  def save_chrome_trace(self, path):
    """Writes the latest spans as a JSON file for chrome://tracing or
    Perfetto.

    Args:
      path: of the file, which is replaced if it is there.

    Raises:
      OSError: the file cannot be written.
      TypeError: path is no path.
    """
    try:
      text = os.fsdecode(path)
    except TypeError:
      raise TypeError(
          f"profile.save_chrome_trace: path: got {path!r} of type "
          f"{type(path).__name__}, expected a path") from None
    self._ended("save_chrome_trace").save_chrome_trace(text)

  def _ended(self, method):
    if self._core is None or self._is_running:
      state = "is still running" if self._is_running else "was not started"
      raise ValueError(f"profile.{method}: the profile {state}, expected one "
                       "whose `with` block has ended")
    return self._core
