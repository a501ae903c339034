"""NumPy's functions that a traced function calls in Python, and why; a call
that is given is mapped and compared with NumPy. See numpy_table.py."""

_LENGTH = "how many elements it gives depends on values"
_FILE = "reads or writes a file or text"
_PRINT = "makes text, prints or asks about NumPy itself"
_STATE = "sets NumPy's own state"
_DATES = "dates are no dtype here"
_MEMORY = "asks where arrays lie in memory"
_NO_FORM = "has no form yet"
_DRAW = "has no keyed form yet; the generator that Python calls is keyed"
_NO_ARRAYS = "makes objects that are no arrays"

PYTHON_CALL = {
    "roots": (_LENGTH, "np.abs(np.roots(w)).sum()"),
    "polydiv": (_LENGTH, "np.polydiv(v, w)[0]"),
    "real_if_close": ("the dtype depends on values",
                      "np.real_if_close(z)"),
    "polyfit": (_NO_FORM, "np.polyfit(np.arange(6), s, 1)"),
    "frexp": (_NO_FORM, "np.frexp(x)[0]"), "i0": (_NO_FORM, "np.i0(v)"),
    "bitwise_count": (_NO_FORM, "np.bitwise_count(j)"),
    "packbits": (_NO_FORM, "np.packbits(b)"),
    "unpackbits": (_NO_FORM, "np.unpackbits(j.astype(np.uint8))"),
    "sort_complex": (_NO_FORM, "np.sort_complex(v)"),
    "histogram2d": (_NO_FORM, "np.histogram2d(v, v, 2)[0]"),
    "histogramdd": (_NO_FORM, "np.histogramdd(x, 2)[0]"),

    "min_scalar_type": (_NO_FORM, None), "einsum_path": (_NO_FORM, None),
    "asfortranarray": (_NO_FORM, "np.asfortranarray(x)"),
    "asarray_chkfinite": ("raises by values", "np.asarray_chkfinite(x)"),
    "require": (_NO_FORM, "np.require(x)"),
    "fromiter": (_NO_FORM, "np.fromiter(v, float)"),
    "asmatrix": (_NO_ARRAYS, None), "bmat": (_NO_ARRAYS, None),
    "frompyfunc": (_NO_ARRAYS, None), "nested_iters": (_NO_ARRAYS, None),
    "from_dlpack": (_MEMORY, None), "shares_memory": (_MEMORY, None),
    "may_share_memory": (_MEMORY, None), "isfortran": (_MEMORY, None),
    "isnat": (_DATES, None), "busday_count": (_DATES, None),
    "busday_offset": (_DATES, None), "is_busday": (_DATES, None),
    "datetime_as_string": (_DATES, None), "datetime_data": (_DATES, None),
    "linalg.eig": ("its results are complex or not, by values",
                   "np.linalg.eig(p)[0]"),
    "linalg.eigvals": ("its results are complex or not, by values",
                       "np.linalg.eigvals(p)"),

}
PYTHON_CALL |= {name: (_FILE, None) for name in
                "load save savez savez_compressed savetxt loadtxt genfromtxt "
                "fromfile fromregex fromstring frombuffer".split()}
PYTHON_CALL |= {name: (_PRINT, None) for name in
                "array_repr array_str array2string format_float_positional "
                "format_float_scientific get_include get_printoptions "
                "getbufsize geterrcall info printoptions show_config "
                "show_runtime test".split()}
PYTHON_CALL |= {name: (_STATE, None) for name in
                "set_printoptions setbufsize seterr seterrcall".split()}
PYTHON_CALL |= {f"random.{name}": (_DRAW, None) for name in
                "bytes hypergeometric logseries vonmises zipf".split()}
PYTHON_CALL |= {f"random.{name}": (_STATE, None)
                for name in ("get_state", "set_state")}
_NATIVE_MEMORY = "tensors have no address or strides that are seen"
PYTHON_CALL |= {f"ndarray.{name}": (_NATIVE_MEMORY, None) for name in
                "base byteswap ctypes data device dump dumps flags getfield "
                "itemset newbyteorder resize setfield setflags strides "
                "to_device tobytes tofile tostring".split()}
PYTHON_CALL |= {
    "ndarray.tolist": ("its numbers are Python's", "np.array(x.tolist())"),
    "ndarray.ptp": ("gone from NumPy 2", None),
    "ufunc.reduceat": (_NO_FORM, "np.add.reduceat(v, [0, 2])"),
}
