"""NumPy functions of users become programs.

    namespace   what np, math and builtins mean inside of a trace
    draws       np.random and random: keyed ops
    rebind      a copy of a function that sees them
    rebound     the same for what values hold: objects, modules, containers
    guards      what was read from outside, and whether it changed
    views       in-place writes through views
    indexing    x[key] and x[key] = value
    containers  items[i] and i in items
    paths       conditions on traced values, and the graph
    mapping     functions of datasets, native or in Python
    isolation   calls of Python in processes of their own
    strictness  calls of Python as errors
    volatile    clocks and entropy, which no program keeps
    eager       a traced function as NumPy runs it
    first_use   a new program against NumPy, on one element
    checking    all forms of a function, compared
    advice      what to write instead of a line
    explain     which line runs where, and why
"""
from numest.trace import isolation
from numest.trace.checking import check, Disagreement
from numest.trace.explain import explain
from numest.trace.explanation import Explanation
from numest.trace.mapping import InPython, map_function
from numest.trace.py_function import numpy_function, py_func, py_function
from numest.trace.strictness import strict
from numest.trace_state import Untraceable, in_trace

__all__ = ["Disagreement", "Explanation", "InPython", "Untraceable", "check",
           "explain", "in_trace", "isolation", "map_function",
           "numpy_function", "py_func", "py_function", "strict"]
