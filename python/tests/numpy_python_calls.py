"""NumPy's functions that a traced function does not make a program of, each
with a call that is mapped and compared with NumPy: those that Python calls for
each element, and why; those that NumPy answers while the function is traced;
and the few that nobody maps. See numpy_table.py."""

_FILE = "reads or writes a file or text"
_PRINT = "makes text, prints or asks about NumPy itself"
_STATE = "sets or gives NumPy's own state"
_MEMORY = "asks where arrays lie in memory"
_BYTES = "gives Python's bytes, which are no array"
_OLD = "looks up or names types of NumPy 1"
_PROTOCOL = "NumPy's own protocol of its objects"
_NO_ARRAYS = "makes objects that are no arrays"
_NATIVE_MEMORY = "tensors have no address or strides that are seen"
_BY_VALUES = "its results are complex or not, by values"
_BYTES_FILE = "import io; f = io.BytesIO(); "
_TEXT_FILE = "import io; f = io.StringIO(); "
_DISK_FILE = "import tempfile; f = tempfile.TemporaryFile(); "


def _saved(name):
  return f"{_BYTES_FILE}np.{name}(f, x); x * len(f.getvalue())"


# reason: {name: call}
_CALLS = {
    "its roots are complex or not, and as many, by values": {
        "roots": "np.abs(np.roots(w)).sum()"},
    "the dtype depends on values": {"real_if_close": "np.real_if_close(z)"},
    _BY_VALUES: {"linalg.eig": "np.linalg.eig(p)[0]",
                 "linalg.eigvals": "np.linalg.eigvals(p)"},
    _NO_ARRAYS: {
        "asmatrix": "np.asarray(np.asmatrix(x))",
        "bmat": "np.asarray(np.bmat([[m, m]]))",
        "mat": "np.asarray(np.mat(x))",
        "frompyfunc": "np.frompyfunc(lambda a: a * 2, 1, 1)(x).astype(float)",
        "nested_iters": "x * len(np.nested_iters(x, [[0], [1]]))"},
    _MEMORY: {
        "from_dlpack": "np.from_dlpack(x)",
        "shares_memory": "x * np.shares_memory(x, y)",
        "may_share_memory": "x * np.may_share_memory(x, y)",
        "isfortran": "x * np.isfortran(x)",
        "byte_bounds": "x * (np.byte_bounds(x)[1] - np.byte_bounds(x)[0])",
        "fastCopyAndTranspose": "np.fastCopyAndTranspose(x)",
        "ndarray.__dlpack__": "np.from_dlpack(x)",
        "ndarray.__dlpack_device__": "x * x.__dlpack_device__()[0]"},
    _FILE: {
        "load": f"{_BYTES_FILE}np.save(f, x); f.seek(0); np.load(f)",
        "save": _saved("save"), "savez": _saved("savez"),
        "savetxt": _saved("savetxt"),
        "savez_compressed": f"{_BYTES_FILE}np.savez_compressed(f, x); "
                            "f.seek(0); np.load(f)['arr_0']",
        "fromfile": f"{_DISK_FILE}f.write(x.tobytes()); f.seek(0); "
                    "np.fromfile(f).reshape(3, 4)",
        "fromregex": "import io; np.fromregex(io.StringIO(str(float(c))), "
                     "'(.+)', [('a', float)])['a'] + v",
        "recfromcsv": "import io; np.recfromcsv(io.StringIO("
                      "f'a,b\\n{float(c)},2'), encoding=None)['a'] + v",
        "recfromtxt": "import io; np.recfromtxt(io.StringIO("
                      "f'{float(c)} 2.0'), encoding=None) + v[0]"},
    _PRINT: {
        "array_repr": "len(np.array_repr(x)) + x",
        "array_str": "len(np.array_str(x)) + x",
        "array2string": "len(np.array2string(x)) + x",
        "format_float_positional":
            "len(np.format_float_positional(c)) + v * c",
        "format_float_scientific":
            "len(np.format_float_scientific(c)) + v * c",
        "info": f"{_TEXT_FILE}np.info(x, output=f); "
                "x * f.getvalue().count('strides')",
        "disp": f"{_TEXT_FILE}np.disp(x, device=f); x * len(f.getvalue())",
        "safe_eval": "np.safe_eval(str(float(c))) * v"},
    _BYTES: {
        "random.bytes": "len(np.random.bytes(3)) + v",
        "random.Generator.bytes": "len(np.random.default_rng(0).bytes(3)) + v",
        "random.RandomState.bytes":
            "len(np.random.RandomState(0).bytes(3)) + v"},
    _STATE: {
        "random.get_state":
            "x * (np.random.get_state(legacy=False)['bit_generator'] != '')",
        "random.set_state": "np.random.set_state(np.random.get_state()); x",
        "random.get_bit_generator":
            "x * (np.random.get_bit_generator() is not None)",
        "random.set_bit_generator": "np.random.set_bit_generator("
                                    "np.random.get_bit_generator()); x",
        "random.Generator.bit_generator":
            "x * (np.random.default_rng(0).bit_generator is not None)",
        "random.RandomState.get_state":
            "r = np.random.RandomState(3); "
            "x * len(r.get_state(legacy=False)['state'])",
        "random.RandomState.set_state":
            "r = np.random.RandomState(3); "
            "r.set_state(r.get_state(legacy=False)); x"},
    _OLD: {"asfarray": "np.asfarray(j)",
           "obj2sctype": "x * (np.obj2sctype(x) is np.float64)"},
    "compares texts": {
        "compare_chararrays": "x * np.compare_chararrays("
                              "x.astype('S9'), x.astype('S9'), '==', False)"},
    "gives NumPy's array": {"ndarray.__array__": "x.__array__()"},
    "its numbers are Python's": {"ndarray.tolist": "np.array(x.tolist())"},
    _PROTOCOL: {"get_array_wrap": "x * (np.get_array_wrap(x) is not None)"} | {
        f"ndarray.__{name}__": call for name, call in {
            "array_finalize": "x.__array_finalize__(None); x",
            "array_interface": "x * len(x.__array_interface__['shape'])",
            "array_prepare": "np.asarray(x.__array_prepare__(x))",
            "array_priority": "x * (x.__array_priority__ + 1)",
            "array_struct": "x * (x.__array_struct__ is not None)",
            "array_wrap": "x.__array_wrap__(x)",
            "class_getitem":
                "x * (type(x).__class_getitem__((int, float)) is not None)",
            "reduce": "x * len(x.__reduce__())",
            "reduce_ex": "x * len(x.__reduce_ex__(2))",
            "setstate":
                "r = np.zeros(0); r.__setstate__(x.__reduce__()[2]); r",
        }.items()},
    _NATIVE_MEMORY: {f"ndarray.{name}": call for name, call in {
        "base": "x * (x[:1].base is not None)",
        "byteswap": "x.byteswap()", "dumps": "len(x.dumps()) + x",
        "dump": "import tempfile; f = tempfile.NamedTemporaryFile(); "
                "x.dump(f.name); np.load(f.name, allow_pickle=True)",
        "flags": "x * x.flags.c_contiguous", "strides": "x * x.strides[0]",
        "tobytes": "np.frombuffer(x.tobytes())",
        "tofile": f"{_DISK_FILE}x.tofile(f); x * f.tell()",
        "tostring": "np.frombuffer(x.tostring())",
        "ctypes": "x * (x.ctypes.data > 0)", "data": "x * x.data.ndim",
        "getfield": "x.getfield(np.float64)",
        "setfield": "x.setfield(2.0, np.float64); x",
        "setflags": "x.setflags(write=True); x",
        "resize": "y = v.copy(); y.resize(3, refcheck=False); y",
    }.items()},
}
PYTHON_CALL = {name: (reason, call) for reason, rows in _CALLS.items()
               for name, call in rows.items()}

# What explain says of those whose function or attribute it does not name.
_SYMBOLIC = "got the symbolic tensor"
_ASKED = "NumPy asked for the values of"
_NO_FORM = "has no graph form"
_SAID = {
    "asmatrix": _ASKED, "bmat": _ASKED,
    "mat": _ASKED, "ndarray.__array__": _ASKED, "from_dlpack": _SYMBOLIC,
    "fastCopyAndTranspose": _ASKED,
    "byte_bounds": "has no attribute '__array_interface__'",
    "compare_chararrays": "dtype: got 'bytes72'",
    "recfromcsv": "Some errors were detected",
    "recfromtxt": "is not supported", "safe_eval": "invalid syntax",
    "frompyfunc": f"np.<lambda> (vectorized) {_NO_FORM}",
    "nested_iters": "Iterator operand is flagged as writeable, but is an",
    "isfortran": "has no attribute 'flags'", "load": f"np.save {_NO_FORM}",
    "linalg.eig": f"np.eig {_NO_FORM}",
    "linalg.eigvals": f"np.eigvals {_NO_FORM}",
    "format_float_positional": _SYMBOLIC, "format_float_scientific": _SYMBOLIC,
    "fromfile": "has no attribute 'tobytes'",
    "fromregex": "could not convert string to float",
    "ndarray.__dlpack__": _SYMBOLIC, "ndarray.__dlpack_device__": _SYMBOLIC,
    "ndarray.__reduce__": "cannot pickle 'Tensor' object",
    "ndarray.__reduce_ex__": "cannot pickle 'Tensor' object",
    "ndarray.tolist": "the values of a symbolic tensor are not known",
}


def said_of(name):
  """What numest.explain says of the row's call, or the middle of it."""
  last = name.rpartition(".")[2]
  if name in _SAID:
    return _SAID[name]
  if name.startswith("ndarray."):
    return f"has no attribute '{last}'"
  return (f"np.random.{last} has no keyed form" if name.startswith("random.")
          else f"np.{last} {_NO_FORM}")


# NumPy answers, prints or sets its state while the function is traced, once.
WHILE_TRACED = {
    "show_config": "x * len(np.show_config('dicts'))",
    "show_runtime": "np.show_runtime(); x",
    "find_common_type": "x * np.find_common_type([x.dtype], []).itemsize",
    "issctype": "x * np.issctype(x.dtype.type)",
    "issubclass_": "x * np.issubclass_(x.dtype.type, np.floating)",
    "issubsctype": "x * np.issubsctype(x, np.floating)",
    "maximum_sctype": "x * (np.maximum_sctype(x.dtype) is np.longdouble)",
    "sctype2char": "x * len(np.sctype2char(x))",
    "deprecate": "np.deprecate(np.sin)(x)",
    "deprecate_with_doc": "np.deprecate_with_doc('old')(np.sin)(x)",
    "lookfor": f"{_TEXT_FILE}np.lookfor('sine', 'numpy.fft', output=f); "
               "x * (len(f.getvalue()) > 0)",
    "source": f"{_TEXT_FILE}np.source(np.hstack, f); "
              "x * (len(f.getvalue()) > 0)",
    "who": "np.who({'r': np.ones(2)}); x",
    "geterrobj": "x * len(np.geterrobj())",
    "seterrobj": "np.seterrobj(np.geterrobj()); x",
    "set_numeric_ops": "np.set_numeric_ops(); x",
    "set_string_function": "np.set_string_function(None); x",
}

# Methods that NumPy 2 only has to raise AttributeError.
GONE = {
    "ndarray.itemset": "r = x.copy(); r.itemset(0, 2.0); r",
    "ndarray.newbyteorder": "x.newbyteorder().newbyteorder()",
    "ndarray.ptp": "x.ptp()",
}

_DOCUMENTS = "writes documentation into NumPy's objects, once in a process"
# No function of an element calls these.
NOT_MAPPED = {
    "test": "runs NumPy's own test suite",
    "add_docstring": _DOCUMENTS, "add_newdoc": _DOCUMENTS,
    "add_newdoc_ufunc": _DOCUMENTS,
    "ndarray.__delitem__": "always an error, in NumPy as well",
    "ndarray.__sizeof__": "tells how large Python's object is, which in a "
                          "trace is the stand-in",
}
