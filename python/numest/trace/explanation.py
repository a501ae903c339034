"""Where functions run, as a text, as data and as a page."""
import collections


class Explanation(str):
  """A text; the same as data is in `functions` and `to_dict()`, as a page in
  `to_html()`.

  Attributes:
    functions: a list of dictionaries: function, location, op, runs ("native"
      or "python"), reason, advice, calls (elements or steps so far), us,
      bytes_copied, other_us, and lines: a list of dictionaries of location,
      source, status ("fused", "native", "folded" or "python"), ops, calls,
      us, bytes.
  """

  def __new__(cls, functions):
    made = super().__new__(cls, "\n".join(
        line for function in functions for line in _text(function)))
    made.functions = functions
    return made

  def to_dict(self):
    """{"functions": functions}, of plain values: json.dumps takes it."""
    return {"functions": self.functions}

  def to_html(self):
    """A fragment of HTML: a table for each function."""
    return "\n".join(map(_table, self.functions))

  _repr_html_ = to_html


def _text(function):
  f = function
  yield f"{f['function']} ({f['location']}): {f['runs']}{_costs(f)}"
  if f["runs"] == "python":
    yield (f"  called in Python, once per element{_where(f)}, because "
           f"{f['reason']}")
    yield f"  instead: {f['advice']}"
  for line in f["lines"]:
    text = line["location"]
    yield f"  {text}: {line['source']}" if line["source"] else f"  {text}"
    if f["runs"] == "native":
      us = f"  ({line['us']:.1f} us)" if line["calls"] else ""
      yield f"      {line['status']}: {_names(line['ops'])}{us}"


def _names(ops):
  """Each op once, and how often it stands there."""
  return ", ".join(op if count == 1 else f"{op} ({count} times)"
                   for op, count in collections.Counter(ops).items())


def _where(f):
  return f", in {f['processes']} processes" if f["processes"] else ""


def _costs(f):
  if not f["calls"]:
    return ""
  copied = f", {f['bytes_copied']} bytes copied" if f["bytes_copied"] else ""
  return f", {f['calls']} calls in {f['us']:.1f} us{copied}"


def _escape(text):
  import html  # its tables are large, and few processes show a page
  return html.escape(text)


_HEAD = ("<tr><th>line</th><th>source</th><th>runs</th><th>calls</th>"
         "<th>us</th><th>bytes</th></tr>")


def _table(f):
  title = _escape(f"{f['function']}: {f['runs']}{_costs(f)}")
  why = (f"<p>{_escape(f['reason'])}<br>instead: "
         f"{_escape(f['advice'])}</p>" if f["reason"] else "")
  rows = "".join(map(_row, f["lines"]))
  return f"<h4>{title}</h4>{why}<table>{_HEAD}{rows}</table>"


def _row(line):
  runs = line["status"] + (f": {_names(line['ops'])}" if line["ops"] else "")
  cells = (_escape(line["location"].rpartition("/")[2]),
           f"<code>{_escape(line['source'])}</code>", _escape(runs),
           line["calls"], f"{line['us']:.1f}", line["bytes"])
  return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
