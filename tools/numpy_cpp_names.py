"""The column "in C++" of docs/reference/numpy.md where a function of C++ has
another name than NumPy's, and why there is none."""

# Row: what stands for it in C++; each name is looked for in the headers.
NAMED = {
    "delete": "numest::delete_", "einsum_path": "numest::einsum",
    "frombuffer": "numest::Array::from", "fromiter": "numest::array",
    "genfromtxt": "numest::read_csv", "loadtxt": "numest::read_csv",
    "iterable": "numest::unstack", "mintypecode": "numest::common_type",
    "typename": "numest::name", "find_common_type": "numest::result_type",
    "asfarray": "numest::asarray", "maximum_sctype": "numest::DType",
    "obj2sctype": "numest::dtype_named", "issctype": "numest::dtype_named",
    "sctype2char": "numest::name", "issubclass_": "numest::issubdtype",
    "issubsctype": "numest::issubdtype",
    "array2string": "numest::Tensor::to_string",
    "array_repr": "numest::Tensor::to_string",
    "array_str": "numest::Tensor::to_string",
    "fastCopyAndTranspose": "numest::transpose",
    "linalg.eig": "numest::linalg::eig",
    "linalg.eigvals": "numest::linalg::eigvals",
    "random.RandomState.random_sample": "numest::random::RandomState::random",
    "ufunc.__call__": "numest::ufunc::operator()",
    "ufunc.at": "numest::ufunc_at",
    "ndarray.T": "numest::transpose", "ndarray.mT": "numest::matrix_transpose",
    "ndarray.__abs__": "numest::abs", "ndarray.__bool__": "numest::cond",
    "ndarray.__complex__": "numest::Array::item",
    "ndarray.__float__": "numest::Array::item",
    "ndarray.__int__": "numest::Array::item",
    "ndarray.__index__": "numest::Array::item",
    "ndarray.item": "numest::Array::item",
    "ndarray.tolist": "numest::Array::to_vector",
    "ndarray.__array__": "numest::Tensor::numpy",
    "ndarray.__contains__": "numest::isin",
    "ndarray.__copy__": "numest::copy", "ndarray.__deepcopy__": "numest::copy",
    "ndarray.__divmod__": "numest::divmod",
    "ndarray.__rdivmod__": "numest::divmod",
    "ndarray.__eq__": "numest::equal", "ndarray.__ne__": "numest::not_equal",
    "ndarray.__floordiv__": "numest::floor_divide",
    "ndarray.__rfloordiv__": "numest::floor_divide",
    "ndarray.__ifloordiv__": "numest::floor_divide",
    "ndarray.__format__": "numest::Tensor::to_string",
    "ndarray.__repr__": "numest::Tensor::to_string",
    "ndarray.__str__": "numest::Tensor::to_string",
    "ndarray.__getitem__": "numest::index",
    "ndarray.__setitem__": "numest::index_update",
    "ndarray.__iter__": "numest::unstack",
    "ndarray.__len__": "numest::Tensor::shape",
    "ndarray.__matmul__": "numest::matmul",
    "ndarray.__rmatmul__": "numest::matmul",
    "ndarray.__imatmul__": "numest::matmul",
    "ndarray.__pow__": "numest::power", "ndarray.__rpow__": "numest::power",
    "ndarray.__ipow__": "numest::power",
    "ndarray.base": "numest::Array::buffer",
    "ndarray.data": "numest::Array::data",
    "ndarray.ctypes": "numest::Array::raw",
    "ndarray.dtype": "numest::Tensor::dtype",
    "ndarray.shape": "numest::Tensor::shape",
    "ndarray.ndim": "numest::Tensor::ndim",
    "ndarray.fill": "numest::full_like", "ndarray.flat": "numest::ravel",
    "ndarray.flatten": "numest::ravel",
    "ndarray.flags": "numest::Array::is_contiguous",
    "isfortran": "numest::Array::is_contiguous",
    "shares_memory": "numest::Array::buffer",
    "may_share_memory": "numest::Array::buffer",
    "byte_bounds": "numest::Array::raw",
    "ndarray.itemset": "numest::index_update",
    "ndarray.itemsize": "numest::itemsize",
    "ndarray.nbytes": "numest::Array::nbytes",
    "ndarray.strides": "numest::Array::strides",
    "ndarray.view": "numest::bitcast", "ndarray.getfield": "numest::bitcast",
    "ndarray.setfield": "numest::bitcast",
    "ndarray.dump": "numest::save", "ndarray.dumps": "numest::to_npy",
    "ndarray.tofile": "numest::save", "ndarray.tobytes": "numest::to_npy",
    "ndarray.tostring": "numest::to_npy",
}

_PYTHON = "asks about Python, NumPy itself or its objects"
_TEXTS = "texts and their files: C++ has its own"
_TIMES = "C++ has no dtype of times"
_STATE = "NumPy's own state"
_PLACE = "tensors have no place, order or flags that are seen"

# Reason: rows without a function in C++.
_NONE = {
    _PYTHON: """
        asmatrix bmat mat from_dlpack frompyfunc nested_iters get_include info
        show_config show_runtime test add_docstring add_newdoc
        add_newdoc_ufunc deprecate deprecate_with_doc lookfor source who disp
        get_array_wrap safe_eval compare_chararrays set_numeric_ops
        set_string_function ndarray.__array_finalize__
        ndarray.__array_function__ ndarray.__array_interface__
        ndarray.__array_namespace__ ndarray.__array_prepare__
        ndarray.__array_priority__ ndarray.__array_struct__
        ndarray.__array_ufunc__ ndarray.__array_wrap__
        ndarray.__class_getitem__ ndarray.__delitem__ ndarray.__dlpack__
        ndarray.__dlpack_device__ ndarray.__reduce__ ndarray.__reduce_ex__
        ndarray.__setstate__ ndarray.__sizeof__""",
    _TEXTS: """
        format_float_positional format_float_scientific fromfile fromregex
        fromstring savetxt recfromcsv recfromtxt""",
    _TIMES: """
        busday_count busday_offset datetime_as_string datetime_data is_busday
        isnat""",
    _STATE: """
        get_printoptions set_printoptions printoptions getbufsize setbufsize
        geterr seterr geterrcall seterrcall geterrobj seterrobj
        random.get_bit_generator random.set_bit_generator random.get_state
        random.set_state random.Generator.bit_generator
        random.RandomState.get_state random.RandomState.set_state""",
    _PLACE: """
        ndarray.byteswap ndarray.device ndarray.newbyteorder ndarray.setflags
        ndarray.to_device""",
    "its dtype depends on values": "real_if_close",
}
REASONS = {name: reason for reason, names in _NONE.items()
           for name in names.split()}
