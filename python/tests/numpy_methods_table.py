"""Rows of numpy_table.py for the methods, attributes and operators of ndarrays
and the methods of ufuncs."""

GRADIENT = {f"ndarray.{name}": call for name, call in {
    "T": "x.T", "mT": "q.mT", "flat": "x.flat[3] | x.flat = v; x |"
    " t = x.T; t.flat[1] = 2.0; x",
    "real": "x.real", "sum": "x.sum() | x.sum(axis=0) |"
    " x.sum(1, keepdims=True) | r = np.zeros(4); x.sum(0, out=r); r",
    "prod": "x.prod(axis=0)", "mean": "x.mean() | x.mean(axis=1)",
    "std": "x.std()", "var": "x.var(axis=0, ddof=1)",
    "max": "x.max() | x.max(axis=0)", "min": "x.min(axis=1)",
    "cumsum": "x.cumsum() | x.cumsum(axis=1)", "cumprod": "x.cumprod(axis=1)",
    "clip": "x.clip(-1, 1) | x.clip(0, 1, out=x); x", "dot": "m.dot(x)",
    "repeat": "x.repeat(2, axis=0)", "take": "x.take([0, 2], axis=1)",
    "swapaxes": "q.swapaxes(0, 2)", "squeeze": "x[:1].squeeze()",
    "ravel": "x.ravel()", "flatten": "x.flatten()", "copy": "x.copy()",
    "reshape": "x.reshape(4, 3) | x.reshape((2, -1))",
    "transpose": "q.transpose(2, 0, 1) | q.transpose((2, 0, 1))",
    "diagonal": "x.diagonal()", "trace": "m.trace()",
    "astype": "x.astype('f8') | x.astype(np.float64)",
    "view": "x.view() | (x * 1j).view(x.dtype)",
    "sort": "x.sort(); x | x.sort(axis=0); x",
    "partition": "v.partition(2); v[2]", "fill": "y.fill(3); x * y",
    "put": "x.put([1, 5], w[:2]); x",
    "item": "x.item(5) * x | x.item(1, 2) * x",
    "compress": "x.compress([True, False, True], axis=0)",
}.items()}
GRADIENT |= {
    "ufunc.reduce": "np.add.reduce(x) | np.multiply.reduce(x, axis=1) |"
                    " np.maximum.reduce(x) | np.minimum.reduce(x, axis=None)",
    "ufunc.accumulate": "np.add.accumulate(x) |"
                        " np.multiply.accumulate(x, axis=1) |"
                        " np.maximum.accumulate(x) |"
                        " np.minimum.accumulate(v) |"
                        " np.logaddexp.accumulate(x, axis=1)",
    "ufunc.reduceat": "np.add.reduceat(v, [0, 2]) |"
                      " np.multiply.reduceat(x, [2, 0, 1], axis=1) |"
                      " np.maximum.reduceat(x, [1, 1])",
    "ufunc.outer": "np.multiply.outer(v, w) | np.subtract.outer(w, x)",
    "ufunc.at": "np.add.at(v, [0, 1, 1], w); v |"
                " np.subtract.at(x, ([0, 0, 2], 1), w); x |"
                " r = np.zeros(3); np.add.at(r, [1, 1], 2.0); r * w |"
                " np.multiply.at(v, [0, -1, 0], w); v |"
                " np.maximum.at(x, (slice(None), [1, 1]), w[:2]); x |"
                " np.divide.at(x, (b[:, 0], 1), 3.0); x",
}
NATIVE = {f"ndarray.{name}": call for name, call in {
    "shape": "x * x.shape[0]", "ndim": "x * x.ndim", "size": "x * x.size",
    "dtype": "x.astype(h.dtype)", "itemsize": "x * x.itemsize",
    "nbytes": "x * x.nbytes", "imag": "x.imag | z.imag", "conj": "z.conj()",
    "conjugate": "z.conjugate()", "all": "b.all() | b.all(axis=0)",
    "any": "b.any(axis=1)", "argmax": "x.argmax() | x.argmax(axis=1)",
    "argmin": "x.argmin(0)", "argsort": "x.argsort() | x.argsort(axis=0)",
    "argpartition": "np.sort(v.argpartition(2)[:2])",
    "device": "x * len(x.device)", "to_device": "x.to_device('cpu') * 2",
    "round": "x.round(1)", "searchsorted": "s.searchsorted(v)",
    "choose": "(i[:3] % 2).choose([w, 2 * w])",
}.items()}

# Operators, also reflected and in place.
_ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**",
               "mod": "%"}
_BITS = {"and": "&", "xor": "^", "lshift": "<<", "rshift": ">>"}
_ORDERS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==",
           "ne": "!="}
GRADIENT |= {f"ndarray.__{name}__": f"f {o} x | f {o} w[:, None] | f {o} 2"
             for name, o in _ARITHMETIC.items()}
GRADIENT |= {f"ndarray.__r{name}__": f"2.5 {o} f | w[0].item() {o} f"
             for name, o in _ARITHMETIC.items()}
GRADIENT |= {f"ndarray.__i{name}__": f"f {o}= x; f | r = f[1:]; r {o}= 2; f"
             for name, o in _ARITHMETIC.items()}
# A power of a negative number is nan.
GRADIENT["ndarray.__rpow__"] = "2.5 ** f | c.item() ** f"
NATIVE |= {f"ndarray.__{name}__": f"j {o} k | j {o} 2"
           for name, o in _BITS.items()}
NATIVE |= {f"ndarray.__r{name}__": f"500 {o} j" for name, o in _BITS.items()}
NATIVE |= {f"ndarray.__i{name}__": f"j {o}= k; j | r = j[0]; r {o}= 1; j"
           for name, o in _BITS.items()}
NATIVE |= {"ndarray.__or__": "j.__or__(k)", "ndarray.__ror__": "j.__ror__(5)",
           "ndarray.__ior__": "j.__ior__(k); j"}
NATIVE |= {f"ndarray.__{name}__": f"x {o} y | j {o} k | 3 {o} j"
           for name, o in _ORDERS.items()}
GRADIENT |= {f"ndarray.__{name}__": call for name, call in {
    "matmul": "m @ x", "rmatmul": "[[1.0, 2.0, 0.0]] @ x",
    "imatmul": "m @= m; m", "neg": "-x", "pos": "+x", "abs": "abs(x)",
    "getitem": "x[1:, ::-1] | x[1] | x[..., None] | x[x > 0].sum()",
    "setitem": "x[1] = w[0]; x | x[y > 0] = 2.0; x",
    "iter": "sum(r * 2 for r in x)", "float": "x * float(c)",
    "copy": "import copy; r = copy.copy(x); r += 1; x * r",
    "deepcopy": "import copy; r = copy.deepcopy(x); r += 1; x * r",
    "bool": "x if c > 1 else 2 * x",
    "array_ufunc": "np.exp(x)", "array_function": "np.mean(x, 0)",
    "array_namespace": "x.__array_namespace__().sum(x, axis=0)",
}.items()}
NATIVE |= {f"ndarray.__{name}__": call for name, call in {
    "floordiv": "x // f | j // k", "rfloordiv": "5.0 // f",
    "ifloordiv": "x //= f; x", "divmod": "divmod(x, f)",
    "rdivmod": "divmod(5.0, f)", "invert": "~j | ~b",
    "contains": "x if 3 in j else y", "len": "x * len(x)",
    "int": "x * int(c * 9)", "complex": "z * complex(c) | z * complex(c, 2)",
    "index": "w[np.array([0, 2])[i[0] % 2]]",
    # Texts show the tensor of the trace, not its numbers.
    "repr": "x * (len(repr(x)) > 0)", "str": "x * (len(str(x)) > 0)",
    "format": "x * (len(f'{x}') > 0)",
}.items()}
