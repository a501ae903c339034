"""tf.data: datasets, iterators, element specs."""
import itertools
import os

import numpy as np

from numest import _core
from numest import arguments, trace
from numest.dtypes import as_dtype
from numest.tensor import Tensor, TensorShape

AUTOTUNE = -1
INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2


class TensorSpec:
  """dtype and shape of a component; unknown extents are None."""

  def __init__(self, shape=None, dtype="float32", name=None):
    self.shape = TensorShape(() if shape is None else shape)
    self.dtype = as_dtype(dtype)
    self.name = name

  def __eq__(self, other):
    return (isinstance(other, TensorSpec) and self.shape == other.shape and
            self.dtype == other.dtype)

  def __hash__(self):
    return hash((self.shape, self.dtype))

  def __repr__(self):
    return f"TensorSpec(shape={tuple(self.shape)}, dtype={self.dtype!r})"


class Options:
  """tf.data.Options: fields may be set; results never depend on them."""

  def __init__(self):
    self.deterministic = None
    self.autotune = _Fields()
    self.threading = _Fields()
    self.experimental_optimization = _Fields()
    self.experimental_distribute = _Fields()


class _Fields:
  """Accepts any setting."""


def _regular(value):
  """An ndarray of a list whose rows are equally long."""
  try:
    return np.array(value)
  except ValueError as error:
    raise ValueError("dataset: the rows of a list differ in length, expected "
                     "an array of one shape; use from_generator and "
                     f"padded_batch ({error})") from None


def _is_namedtuple(value):
  return isinstance(value, tuple) and hasattr(value, "_fields")


def _components(value):
  """Lists become arrays, tuples stay structure, as in TensorFlow."""
  if isinstance(value, dict):
    return {k: _components(v) for k, v in value.items()}
  if isinstance(value, tuple):
    return tuple(_components(v) for v in value)
  if hasattr(value, "to_dict") and hasattr(value, "columns"):  # DataFrame
    return {k: value[k].to_numpy() for k in value.columns}
  return _array(value)


def _array(value):
  if isinstance(value, Tensor):
    return value._numpy()
  if value is None:
    raise TypeError("got None, expected an array, a dictionary or a tuple of "
                    "arrays; an input_fn must return its data")
  if isinstance(value, list):
    value = _regular(value)
    if value.dtype == np.float64:  # Python floats are float32 in tf
      value = value.astype(np.float32)
    elif value.dtype == np.int64 and value.size and (
        np.abs(value) < 2**31).all():
      value = value.astype(np.int32)
  elif isinstance(value, float):
    value = np.float32(value)
  elif isinstance(value, int) and not isinstance(value, bool):
    value = np.int32(value)
  return np.asarray(value)


def spec_to_core(spec):
  """Nests of TensorSpec to the core's form (lists are tuples there)."""
  if isinstance(spec, dict):
    return {k: spec_to_core(v) for k, v in spec.items()}
  if isinstance(spec, (tuple, list)) and not isinstance(spec, TensorShape):
    return [spec_to_core(v) for v in spec]
  name = "bytes" if spec.dtype.name == "string" else spec.dtype.name
  return (name, tuple(spec.shape))


def _spec_from_core(spec):
  if isinstance(spec, dict):
    return {k: _spec_from_core(v) for k, v in spec.items()}
  if isinstance(spec[0], str) if spec else False:
    shape = tuple(None if e < 0 else e for e in spec[1])
    return TensorSpec(shape, spec[0])
  return tuple(_spec_from_core(v) for v in spec)


class Dataset:
  """A description of elements; methods return new datasets."""

  def __init__(self, core):
    self._core = core
    self._explained = []

  def _with(self, core, *parents):
    made = Dataset(core)
    made._explained = [r for p in (self, *parents) for r in p._explained]
    return made

  @staticmethod
  def from_tensor_slices(tensors, name=None) -> "Dataset":
    return Dataset(_core.Dataset.from_tensor_slices(_components(tensors)))

  @staticmethod
  def from_tensors(tensors, name=None) -> "Dataset":
    return Dataset(_core.Dataset.from_tensors(_components(tensors)))

  @staticmethod
  def range(*args, output_type="int64", name=None) -> "Dataset":
    start, stop, step = 0, args[0], 1
    if len(args) > 1:
      start, stop = args[:2]
    if len(args) > 2:
      step = args[2]
    start, stop, step = (arguments.integer("range", n, v) for n, v in (
        ("start", start), ("stop", stop), ("step", step)))
    return Dataset(_core.Dataset.range(start, stop, step,
                                       as_dtype(output_type)))

  @staticmethod
  def from_generator(generator, output_types=None, output_shapes=None,
                     args=None, output_signature=None, name=None) -> "Dataset":
    if not callable(generator):
      raise TypeError("`generator` must be a Python callable: got "
                      f"{type(generator).__name__}")
    if output_signature is None:
      output_signature = _signature(output_types, output_shapes)
    arguments = args or ()
    spec = output_signature

    def elements():
      for value in generator(*arguments):
        yield _cast_like(value, spec)

    return Dataset(_core.Dataset.from_generator(elements,
                                                spec_to_core(spec)))

  @staticmethod
  def zip(*datasets, datasets_=None, name=None) -> "Dataset":
    nest = datasets[0] if len(datasets) == 1 else datasets

    def cores(value):
      if isinstance(value, dict):
        return {k: cores(v) for k, v in value.items()}
      if isinstance(value, (tuple, list)):
        return tuple(cores(v) for v in value)
      return _core_of("zip", value)

    return Dataset(_core.Dataset.zip(cores(nest)))

  @staticmethod
  def choose_from_datasets(datasets, choice_dataset,
                           stop_on_empty_dataset=True):
    """Elements of `datasets` in the order of int64 positions."""
    return Dataset(_core.Dataset.choose_from_datasets(
        [_core_of("choose_from_datasets", d) for d in datasets],
        _core_of("choose_from_datasets", choice_dataset),
        bool(stop_on_empty_dataset)))

  def map(self, map_func, num_parallel_calls=None, deterministic=None,
          name=None) -> "Dataset":
    arguments.function("map", "map_func", map_func)
    function, report = trace.map_function(map_func, self._core.spec)
    made = self._with(self._core.map(function, num_parallel_calls or 1))
    made._explained.append(report)
    return made

  def filter(self, predicate, name=None) -> "Dataset":
    arguments.function("filter", "predicate", predicate)
    function, report = trace.map_function(predicate, self._core.spec)
    made = self._with(self._core.filter(function))
    made._explained.append(report)
    return made

  def batch(self, batch_size, drop_remainder=False, num_parallel_calls=None,
            deterministic=None, name=None) -> "Dataset":
    size = arguments.integer("batch", "batch_size", batch_size)
    return self._with(self._core.batch(size, drop_remainder))

  def padded_batch(self, batch_size, padded_shapes=None, padding_values=None,
                   drop_remainder=False, name=None) -> "Dataset":
    shapes = None
    if padded_shapes is not None:
      shapes = _shape_specs(padded_shapes, self._core.spec)
    return self._with(self._core.padded_batch(
        arguments.integer("padded_batch", "batch_size", batch_size), shapes,
        None if padding_values is None else _components(padding_values),
        drop_remainder))

  def unbatch(self, name=None) -> "Dataset":
    return self._with(self._core.unbatch())

  def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=None,
              name=None) -> "Dataset":
    reshuffle = (True if reshuffle_each_iteration is None
                 else bool(reshuffle_each_iteration))
    size = arguments.integer("shuffle", "buffer_size", buffer_size)
    return self._with(self._core.shuffle(size, seed, reshuffle))

  def repeat(self, count=None, name=None) -> "Dataset":
    return self._with(self._core.repeat(
        -1 if count is None else arguments.integer("repeat", "count", count)))

  def take(self, count, name=None) -> "Dataset":
    count = arguments.integer("take", "count", count)
    return self._with(self._core.take(count))

  def skip(self, count, name=None) -> "Dataset":
    count = arguments.integer("skip", "count", count)
    return self._with(self._core.skip(count))

  def shard(self, num_shards, index, name=None) -> "Dataset":
    return self._with(self._core.shard(
        arguments.integer("shard", "num_shards", num_shards),
        arguments.integer("shard", "index", index)))

  def concatenate(self, dataset, name=None) -> "Dataset":
    return self._with(self._core.concatenate(
        _core_of("concatenate", dataset)), dataset)

  def cache(self, filename="", name=None) -> "Dataset":
    return self._with(self._core.cache())

  def prefetch(self, buffer_size, name=None) -> "Dataset":
    size = arguments.integer("prefetch", "buffer_size", buffer_size)
    return self._with(self._core.prefetch(size))

  def enumerate(self, start=0, name=None) -> "Dataset":
    start = arguments.integer("enumerate", "start", start)
    return self._with(self._core.enumerate(start))

  def flat_map(self, map_func, name=None) -> "Dataset":
    return self._with(self._core.flat_map(_dataset_function(map_func), None,
                                          1))

  def interleave(self, map_func, cycle_length=None, block_length=1,
                 num_parallel_calls=None, deterministic=None,
                 name=None) -> "Dataset":
    cycle = 16 if cycle_length in (None, AUTOTUNE) else int(cycle_length)
    return self._with(self._core.flat_map(_dataset_function(map_func), cycle,
                                          int(block_length)))

  def apply(self, transformation_func):
    return transformation_func(self)

  def with_options(self, options, name=None) -> "Dataset":
    return self

  def options(self):
    return Options()

  def reduce(self, initial_state, reduce_func, name=None):
    if self._core.cardinality() == INFINITE_CARDINALITY:
      raise ValueError("reduce: the dataset is infinite; use take(n) first")
    state = initial_state
    for element in self:
      state = reduce_func(state, element)
    return state

  @property
  def element_spec(self):
    return _spec_from_core(self._core.spec)

  def cardinality(self):
    return np.int64(self._core.cardinality())

  def __len__(self):
    n = self._core.cardinality()
    if n < 0:
      raise TypeError("The dataset is infinite." if n == -1 else
                      "The dataset length is unknown: it depends on the "
                      "elements; count them by iterating")
    return n

  def __iter__(self):
    return Iterator(self._core.make_iterator())

  def as_numpy_iterator(self):
    return (element for element in self._core.make_iterator())

  def get_single_element(self):
    elements = list(itertools.islice(iter(self), 2))
    if len(elements) != 1:
      raise ValueError("get_single_element: the dataset has "
                       f"{'no' if not elements else 'several'} elements, "
                       "expected one")
    return elements[0]

  def make_one_shot_iterator(self):
    return iter(self)

  def __repr__(self):
    return f"<Dataset element_spec={self.element_spec}>"


def _file_dataset(make, name, filenames, compression_type):
  if isinstance(filenames, Tensor):
    filenames = filenames._numpy().ravel().tolist()
  if isinstance(filenames, (str, bytes)) or hasattr(filenames, "__fspath__"):
    filenames = [filenames]
  try:
    paths = [os.fsdecode(f) for f in filenames]
  except TypeError:
    raise TypeError(f"{name}: filenames: got {filenames!r}, expected a path "
                    "or a list of paths") from None
  return make(paths, compression_type or "")


class TextLineDataset(Dataset):
  """Lines of text files as scalar strings, without line ends."""

  def __init__(self, filenames, compression_type=None, buffer_size=None,
               num_parallel_reads=None, name=None):
    super().__init__(_file_dataset(_core.text_line_dataset, "TextLineDataset",
                                   filenames, compression_type))


class TFRecordDataset(Dataset):
  """Records of TFRecord files as scalar strings."""

  def __init__(self, filenames, compression_type=None, buffer_size=None,
               num_parallel_reads=None, name=None):
    super().__init__(_file_dataset(_core.tfrecord_dataset, "TFRecordDataset",
                                   filenames, compression_type))


class Iterator:
  """Elements as Tensors; its position can be saved and restored."""

  def __init__(self, core):
    self._core = core

  def __iter__(self):
    return self

  def __next__(self):
    return _to_tensors(next(self._core))

  get_next = __next__

  def get_state(self):
    """Position and seeds as bytes."""
    return self._core.get_state()

  def set_state(self, state):
    """Goes on where get_state was called, on the same pipeline.

    Raises:
      TypeError, ValueError: for what is no state of this pipeline.
    """
    if not isinstance(state, bytes):
      raise TypeError(f"set_state: got {type(state).__name__}, expected the "
                      "bytes of get_state")
    self._core.set_state(state)


def _core_of(op, value):
  if not isinstance(value, Dataset):
    raise TypeError(f"{op}: got {type(value).__name__}, expected a Dataset; "
                    "wrap arrays by Dataset.from_tensor_slices")
  return value._core


def _to_tensors(value):
  if isinstance(value, dict):
    return {k: _to_tensors(v) for k, v in value.items()}
  if isinstance(value, tuple):
    return tuple(_to_tensors(v) for v in value)
  return _core.constant(value)


def _dataset_function(map_func):
  def call(element):
    value = _to_tensors(element)
    made = (map_func(*value) if isinstance(value, tuple)
            else map_func(value))
    return _core_of("flat_map, interleave: map_func", made)
  return call


def _signature(types, shapes):
  if types is None:
    raise TypeError("from_generator: output_signature or output_types must "
                    "be given")
  if isinstance(types, (tuple, list)):
    shapes = shapes or [None] * len(types)
    return tuple(_signature(t, s) for t, s in zip(types, shapes))
  if isinstance(types, dict):
    return {k: _signature(t, (shapes or {}).get(k))
            for k, t in types.items()}
  return TensorSpec(() if shapes is None else shapes, types)


def _cast_like(value, spec):
  if isinstance(spec, dict):
    return {k: _cast_like(value[k], s) for k, s in spec.items()}
  if isinstance(spec, tuple):
    return tuple(_cast_like(v, s) for v, s in zip(value, spec))
  if spec.dtype.name == "string":
    return np.asarray(value, dtype=object)
  return np.asarray(value).astype(spec.dtype.as_numpy_dtype)


def _shape_specs(shapes, spec):
  if isinstance(spec, dict):
    return {k: _shape_specs(shapes[k], s) for k, s in spec.items()}
  if spec and not isinstance(spec[0], str):
    return [_shape_specs(a, s) for a, s in zip(shapes, spec)]
  return (spec[0], tuple(shapes))
