"""Says where functions run, line by line, why, and what it costs."""
from numest.trace.advice import advice
from numest.trace.explanation import Explanation
from numest.trace.failures import place, source


def explain(value, sample=None):
  """Says of each line of NumPy code where it runs, why, and what it took.

  Args:
    value: a Dataset; an Estimator; or a function of elements.
    sample: an element, which a function is tried on; a tuple is its arguments.

  Returns:
    A text that is data too, see `Explanation`: `.functions`, `.to_dict()`,
    `.to_html()`. For a program each source line is "fused" (in one loop with
    others), "native" or "folded" (computed once, by the compiler); a function
    that runs in Python has the line and the reason that keep it there, and
    what to write instead. Calls and microseconds are those so far; times of
    lines are measured at some of the blocks or steps.

  Raises:
    TypeError: a value of another kind, or a function without a sample.
  """
  if hasattr(value, "_explained"):
    return Explanation([mapped.report() for mapped in value._explained])
  if hasattr(value, "_explain"):
    return Explanation(value._explain())
  if not callable(value):
    raise TypeError(f"explain: value: got {type(value).__name__}, expected a "
                    "Dataset, an Estimator or a function with a sample")
  if sample is None:
    raise TypeError("explain: sample: got None, expected an element to try "
                    "the function on: explain(function, sample)")
  return _tried(value, sample)


def _tried(function, sample, times=32):
  from numest.data import Dataset  # the pipeline is made of traced functions
  dataset = Dataset.from_tensors(sample).repeat(times).map(function)
  for _ in dataset.batch(times)._core.make_iterator():
    pass
  return explain(dataset)


def report(function, location, op="map", **values):
  """A function of an Explanation, with nothing called yet."""
  return {"function": function, "location": location, "op": op,
          "runs": "native", "reason": "", "advice": "", "calls": 0, "us": 0.0,
          "bytes_copied": 0, "other_us": 0.0, "processes": 0, "lines": [],
          **values}


def in_python(made, reason, line, costs=(0, 0, 0)):
  """The report of a function that Python calls; `line` keeps it there."""
  calls, nanoseconds, copied = costs
  us = nanoseconds / 1e3
  made = {**made, "runs": "python", "reason": reason, "advice": advice(reason),
          "calls": calls, "us": us, "bytes_copied": copied}
  if line:
    made["lines"] = [_line(line, "python", [], calls, us, copied)]
  return made


def of_steps(made, steps, nodes=(), costs=None):
  """The report of a program.

  Args:
    made: from `report`.
    steps: what the core's profile says of the compiled steps.
    nodes: (op, location, attributes) of the nodes before the passes.
    costs: (calls, nanoseconds, bytes copied) of all; else those of the steps.
  """
  lines = {}
  for op, location, _ in nodes:
    if location:
      lines.setdefault(location, _line(location, "folded", []))["ops"].append(
          op)
  other = _add_steps(lines, steps, bool(nodes))
  if costs is None:
    calls = max((s[1] for s in steps), default=0)
    us, copied = sum(s[2] for s in steps) / 1e3, 0
  else:
    calls, us, copied = costs[0], costs[1] / 1e3, costs[2]
    other = max(0.0, us - sum(line["us"] for line in lines.values()))
  ordered = sorted(lines.values(), key=lambda line: place(line["location"]))
  return {**made, "calls": calls, "us": us, "bytes_copied": copied,
          "other_us": other, "lines": ordered}


def _add_steps(lines, steps, has_ops):
  """Shares the time of each step among the lines of its ops, and gives the
  time of those that no line made."""
  other = 0.0
  for ops, calls, nanoseconds, num_bytes in steps:
    us = nanoseconds / 1e3 / max(1, len(ops))
    for op, location in ops:
      if not location:
        other += us
        continue
      line = lines.setdefault(location, _line(location, "native", []))
      if not has_ops:
        line["ops"].append(op)
      if line["status"] != "python":
        is_fused = len(ops) > 1 or line["status"] == "fused"
        line["status"] = "fused" if is_fused else "native"
      if op == "python_call":
        line["status"] = "python"
      line["calls"] = max(line["calls"], calls)
      line["us"] += us
      line["bytes"] += num_bytes // len(ops)
  return other


def _line(location, status, ops, calls=0, us=0.0, num_bytes=0):
  return {"location": location, "source": source(location), "status": status,
          "ops": ops, "calls": calls, "us": us, "bytes": num_bytes}
