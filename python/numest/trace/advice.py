"""What to write in place of a line that cannot become part of a program."""
import re

# (pattern in the reason, what to write instead), the first that is found.
_TABLE = (
    (r"draws random numbers in code that the trace does not see|no keyed form",
     "draw by np.random, random or a captured Generator, by a function that "
     "docs/reference/numpy.md lists, in code of your own"),
    (r"more than \d+ paths",
     "select by np.where(condition, a, b) in place of branches that cannot be "
     "merged: those that change a list, or leave a loop"),
    (r"different dtypes or |its paths give|other structure|different kinds",
     "give the same dtype, shape and number of values on every path: "
     "np.where(condition, a, b), or astype at the end"),
    (r"as a program it gives another",
     "compute from values alone: no hasattr, type() or str() of an argument, "
     "no object that changes from call to call"),
    (r"gives another value at each call",
     "draw by np.random, and give what does not depend on the element as an "
     "argument or a global"),
    (r"writes to an array from outside",
     "copy it first: buffer = BUFFER.copy()"),
    (r"which is outside of it|only some paths assign",
     "return the value, and sum or count it by Dataset.reduce or a metric"),
    (r"traced value as a key",
     "look up in an array, TABLE[i], and count by np.unique or np.bincount"),
    (r"makes text of a traced value",
     "compare and look up numbers in place of their texts"),
    (r"tolist|item\(\)",
     "keep it an array: np.sort, np.max, np.unique in place of lists"),
    (r"convert string|decode|format|json|regular expression",
     "parse text by tf.io.decode_csv, or in a map of its own before the "
     "arithmetic"),
    (r"FileNotFound|Errno|OSError|open\b",
     "read files in a map of its own, before the arithmetic"),
    (r"extent|length|slice",
     "slice by a length that is known: x[a:a + n] with a number n, or pad"),
    (r"recursion", "write a loop over a known number of steps"),
    (r"no graph form|asked for the values|not supported|symbolic",
     "use a function that docs/reference/numpy.md lists as native"),
)
_OTHERWISE = ("put this line into a map of its own, so that the others become "
              "a program")


_TENSOR = re.compile(r"<?(tf\.)?Tensor\([^)]*\)[^)]*\)>?")


def advice(reason):
  """One line: what to write instead, for a reason that a trace gave."""
  reason = _TENSOR.sub("", reason)  # "slice:0" is only a name
  return next((text for pattern, text in _TABLE
               if re.search(pattern, reason, re.IGNORECASE)), _OTHERWISE)
