"""Names of the parameters of NumPy's functions that do not say their own."""
import numpy as np

# function: names
OF = {
    np.concatenate: ("arrays", "axis", "out", "dtype", "casting"),
    np.where: ("condition", "x", "y"), np.dot: ("a", "b", "out"),
    np.inner: ("a", "b"), np.vdot: ("a", "b"),
    np.bincount: ("x", "weights", "minlength"),
    np.copyto: ("dst", "src", "casting", "where"),
    np.putmask: ("a", "mask", "values"),
    np.result_type: ("*",), np.min_scalar_type: ("a",),
    np.lexsort: ("keys", "axis"),
    np.packbits: ("a", "axis", "bitorder"),
    np.unpackbits: ("a", "axis", "count", "bitorder"),
    np.unravel_index: ("indices", "shape", "order"),
    np.ravel_multi_index: ("multi_index", "dims", "mode", "order"),
}
