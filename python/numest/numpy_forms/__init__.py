"""Forms of NumPy's functions over tensors, by subject; see numpy_functions."""
