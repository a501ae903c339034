"""Says where the functions of a dataset run, line by line, and why."""
import linecache


def explain(value):
  """Says of each mapped function of a dataset where it runs, and why.

  Args:
    value: a Dataset.

  Returns:
    A text. One block per function: where it stands, "native" or "python"; for
    a native one each source line with the ops that it became, for the other
    the line and the reason that keep it in Python.
  """
  return "\n".join(line for row in value._explained for line in _block(row))


def _block(row):
  yield f"{row['function']} ({row['location']}): {row['runs']}"
  if row["runs"] == "python":
    yield f"  called in Python, once per element, because {row['reason']}"
    if row["line"]:
      yield f"  {_source(row['line'])}"
    return
  for location, ops in _by_line(row["nodes"]):
    yield f"  {_source(location)}"
    yield f"      native: {', '.join(ops)}"


def _by_line(nodes):
  """(location, names of its ops), in the order of the source."""
  lines = {}
  for op, location, _ in nodes:
    if location:
      lines.setdefault(location, []).append(op)
  return sorted(lines.items(), key=lambda item: _place(item[0]))


def _place(location):
  file, _, number = location.rpartition(":")
  return file, int(number)


def _source(location):
  file, number = _place(location)
  text = linecache.getline(file, number).strip()
  return f"{location}: {text}" if text else location
