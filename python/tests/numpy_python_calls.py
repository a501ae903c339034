"""NumPy's functions that a traced function calls in Python, and why; a call
that is given is mapped and compared with NumPy. See numpy_table.py."""

_LENGTH = "how many elements it gives depends on values"
_FILE = "reads or writes a file or text"
_PRINT = "makes text, prints or asks about NumPy itself"
_STATE = "sets NumPy's own state"
_MEMORY = "asks where arrays lie in memory"
_BYTES = "gives Python's bytes, which are no array"
_OLD = "looks up or names types of NumPy 1"
_PROTOCOL = "NumPy's own protocol of its objects"
_NO_ARRAYS = "makes objects that are no arrays"

PYTHON_CALL = {
    "roots": ("its roots are complex or not, and as many, by values",
              "np.abs(np.roots(w)).sum()"),
    "real_if_close": ("the dtype depends on values",
                      "np.real_if_close(z)"),
    "asarray_chkfinite": ("raises by values", "np.asarray_chkfinite(x)"),
    "asmatrix": (_NO_ARRAYS, "np.asarray(np.asmatrix(x))"),
    "bmat": (_NO_ARRAYS, "np.asarray(np.bmat([[m, m]]))"),
    "frompyfunc": (_NO_ARRAYS, "np.frompyfunc(lambda a: a * 2, 1, 1)(x)"
                               ".astype(float)"),
    "nested_iters": (_NO_ARRAYS, "x * len(np.nested_iters(x, [[0], [1]]))"),
    "from_dlpack": (_MEMORY, "np.from_dlpack(x)"),
    "shares_memory": (_MEMORY, "x * np.shares_memory(x, y)"),
    "may_share_memory": (_MEMORY, "x * np.may_share_memory(x, y)"),
    "isfortran": (_MEMORY, "x * np.isfortran(x)"),
    "linalg.eig": ("its results are complex or not, by values",
                   "np.linalg.eig(p)[0]"),
    "linalg.eigvals": ("its results are complex or not, by values",
                       "np.linalg.eigvals(p)"),

}
_SAVED = "import io; f = io.BytesIO(); np.{}(f, x); x * len(f.getvalue())"
PYTHON_CALL |= {name: (_FILE, None) for name in
                "load fromfile fromregex savez_compressed".split()}
PYTHON_CALL |= {name: (_FILE, _SAVED.format(name)) for name in
                "save savez savetxt".split()}
PYTHON_CALL |= {name: (_PRINT, None) for name in
                "array_repr info show_config show_runtime test".split()}
PYTHON_CALL |= {name: (_PRINT, call) for name, call in {
    "array_str": "len(np.array_str(x)) + x",
    "array2string": "len(np.array2string(x)) + x",
    "format_float_positional": "len(np.format_float_positional(c)) + v * c",
    "format_float_scientific": "len(np.format_float_scientific(c)) + v * c",
}.items()}
PYTHON_CALL |= {
    f"random.{name}": (reason, call) for name, reason, call in (
        ("bytes", _BYTES, "len(np.random.bytes(3)) + v"),
        ("Generator.bytes", _BYTES,
         "len(np.random.default_rng(0).bytes(3)) + v"),
        ("RandomState.bytes", _BYTES,
         "len(np.random.RandomState(0).bytes(3)) + v"),
        ("get_state", _STATE, None),
        ("set_state", _STATE, None), ("get_bit_generator", _STATE, None),
        ("set_bit_generator", _STATE, None),
        ("Generator.bit_generator", _STATE, None),
        ("RandomState.get_state", _STATE, None),
        ("RandomState.set_state", _STATE, None))}
PYTHON_CALL |= {name: (_OLD, None) for name in
                "asfarray find_common_type issctype issubclass_ issubsctype "
                "maximum_sctype obj2sctype sctype2char".split()}
PYTHON_CALL |= {name: (_PRINT, None) for name in
                "add_docstring add_newdoc add_newdoc_ufunc deprecate "
                "deprecate_with_doc disp lookfor safe_eval source "
                "who".split()}
PYTHON_CALL |= {name: (_STATE, None) for name in
                "geterrobj seterrobj set_numeric_ops "
                "set_string_function".split()}
PYTHON_CALL |= {name: (_FILE, None) for name in "recfromcsv recfromtxt".split()}
PYTHON_CALL |= {"mat": (_NO_ARRAYS, None), "byte_bounds": (_MEMORY, None),
                "compare_chararrays": ("compares texts", None),
                "get_array_wrap": (_PROTOCOL, None),
                "fastCopyAndTranspose": (_MEMORY, None)}
PYTHON_CALL |= {f"ndarray.__{name}__": (_PROTOCOL, None) for name in
                "array_finalize array_prepare class_getitem reduce_ex setstate "
                "sizeof".split()}
PYTHON_CALL |= {f"ndarray.__{name}__": (_PROTOCOL, call) for name, call in {
    "array_interface": "x * len(x.__array_interface__['shape'])",
    "array_priority": "x * (x.__array_priority__ + 1)",
    "array_struct": "x * (x.__array_struct__ is not None)",
    "array_wrap": "x.__array_wrap__(x)", "reduce": "x * len(x.__reduce__())",
}.items()}
PYTHON_CALL |= {
    "ndarray.__array__": ("gives NumPy's array", "x.__array__()"),
    "ndarray.__dlpack__": (_MEMORY, "np.from_dlpack(x)"),
    "ndarray.__dlpack_device__": (_MEMORY, "x * x.__dlpack_device__()[0]"),
    "ndarray.__delitem__": ("always an error", None),
}
_NATIVE_MEMORY = "tensors have no address or strides that are seen"
PYTHON_CALL |= {f"ndarray.{name}": (_NATIVE_MEMORY, None) for name in
                "base dump itemset newbyteorder tofile tostring".split()}
PYTHON_CALL |= {f"ndarray.{name}": (_NATIVE_MEMORY, call) for name, call in {
    "byteswap": "x.byteswap()", "dumps": "len(x.dumps()) + x",
    "flags": "x * x.flags.c_contiguous", "strides": "x * x.strides[0]",
    "tobytes": "np.frombuffer(x.tobytes())",
    "ctypes": "x * (x.ctypes.data > 0)", "data": "x * x.data.ndim",
    "getfield": "x.getfield(np.float64)",
    "setfield": "x.setfield(2.0, np.float64); x",
    "setflags": "x.setflags(write=True); x",
    "resize": "y = v.copy(); y.resize(3, refcheck=False); y",
}.items()}
PYTHON_CALL |= {
    "ndarray.tolist": ("its numbers are Python's", "np.array(x.tolist())"),
    "ndarray.ptp": ("gone from NumPy 2", None),
}
