"""tf.data: datasets, iterators, element specs."""
import itertools
import os

import numpy as np

from numest import _core
from numest import arguments, elements, random, trace
from numest.dtypes import as_dtype
from numest.elements import TensorSpec
from numest.tensor import Tensor

AUTOTUNE = -1
INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2


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
    """One element per row of the arrays.

    Args:
      tensors: an array, a DataFrame, or dictionaries and tuples of arrays, of
        one first extent. A structured array is a dictionary of its fields.
        Lists become arrays; of Python numbers float32 and int32. Memory is
        shared, not copied.

    Raises:
      ValueError: first extents differ, an array has no axes, a list is ragged.
      TypeError: None in place of data.
    """
    return Dataset(_core.Dataset.from_tensor_slices(
        elements.components(tensors)))

  @staticmethod
  def from_tensors(tensors, name=None) -> "Dataset":
    """One element: the arrays as they are; see `from_tensor_slices`."""
    return Dataset(_core.Dataset.from_tensors(elements.components(tensors)))

  @staticmethod
  def range(*args, output_type="int64", name=None) -> "Dataset":
    """Integers as `range` gives them: stop; start, stop; start, stop, step.

    Args:
      output_type: dtype of the elements, int64 by default.

    Raises:
      TypeError: a bound that is no integer.
      ValueError: a step of 0.
    """
    if not 1 <= len(args) <= 3:
      raise TypeError(f"range: got {len(args)} bounds, expected stop; start, "
                      "stop; or start, stop, step")
    start, stop, step = (0, *args, 1) if len(args) == 1 else (*args, 1)[:3]
    start, stop, step = (arguments.integer("range", n, v) for n, v in (
        ("start", start), ("stop", stop), ("step", step)))
    return Dataset(_core.Dataset.range(start, stop, step,
                                       as_dtype(output_type)))

  @staticmethod
  def from_generator(generator, output_types=None, output_shapes=None,
                     args=None, output_signature=None, name=None) -> "Dataset":
    """Elements of a Python generator, made anew for each pass.

    Args:
      generator: a function that gives an iterable of elements.
      output_types, output_shapes: nests of dtypes and shapes; or
      output_signature: a nest of TensorSpec.
      args: arguments of `generator`.

    Raises:
      TypeError: generator is not callable, or nothing gives the dtypes.
    """
    if not callable(generator):
      raise TypeError("`generator` must be a Python callable: got "
                      f"{type(generator).__name__}")
    if output_signature is None:
      output_signature = elements.signature(output_types, output_shapes)
    arguments = args or ()
    spec = output_signature

    def values():
      for value in generator(*arguments):
        yield elements.cast_like(value, spec)

    return Dataset(_core.Dataset.from_generator(values,
                                                elements.spec_to_core(spec)))

  @staticmethod
  def zip(*datasets, datasets_=None, name=None) -> "Dataset":
    """Elements of several datasets side by side, as long as all last.

    Args:
      datasets: datasets, or one nest (tuple, dictionary) of them.
    """
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
          name=None, *, strict=None, isolate=None) -> "Dataset":
    """A function applied to each element.

    Args:
      map_func: takes the components of a tuple as arguments, else the element;
        plain NumPy. It becomes a program; one that cannot is called in Python,
        with a warning (see `tf.explain`).
      num_parallel_calls, deterministic: accepted; results never depend on them.
      strict: True refuses functions that Python would call; None does as
        `tf.strict` says.
      isolate: "process": what Python has to call runs in num_parallel_calls
        processes (None, AUTOTUNE: as many as threads), forked for each
        iterator; elements and results pass in shared memory. tf.py_function
        and tf.numpy_function inside of map_func run there, too.

    Raises:
      TypeError: map_func is no function; or it is isolated and changes what
        is outside of it.
      Untraceable: strict, and map_func cannot become a program; names the line.
      ValueError: another `isolate`.
      NotImplementedError: isolate on a system without fork.
      ChildProcessError: by the iterator: a worker died; names the element.
    """
    arguments.function("map", "map_func", map_func)
    function, report = trace.map_function(
        map_func, self._core, "map", strict,
        trace.isolation.num_workers(isolate, num_parallel_calls))
    made = self._with(self._core.map(function, num_parallel_calls or 1))
    made._explained.append(report)
    return made

  def filter(self, predicate, name=None, *, strict=None) -> "Dataset":
    """The elements for which a function gives True; see `map`.

    Args:
      predicate: gives a boolean scalar.
      strict: as of `map`.
    """
    arguments.function("filter", "predicate", predicate)
    function, report = trace.map_function(predicate, self._core, "filter",
                                          strict)
    made = self._with(self._core.filter(function))
    made._explained.append(report)
    return made

  def batch(self, batch_size, drop_remainder=False, num_parallel_calls=None,
            deterministic=None, name=None) -> "Dataset":
    """Runs of `batch_size` elements stacked along a new first axis.

    Args:
      batch_size: above 0.
      drop_remainder: leave a smaller last batch out; makes the extent known.

    Raises:
      ValueError: batch_size below 1, or elements of different shapes.
    """
    size = arguments.integer("batch", "batch_size", batch_size)
    return self._with(self._core.batch(size, drop_remainder))

  def padded_batch(self, batch_size, padded_shapes=None, padding_values=None,
                   drop_remainder=False, name=None) -> "Dataset":
    """As `batch`, of elements that are padded at the end to one shape.

    Args:
      padded_shapes: nest of shapes; None or -1 is the longest of the batch.
        All extents by default.
      padding_values: nest of scalars, 0 and empty strings by default.

    Raises:
      ValueError: an element is longer than its padded shape.
    """
    shapes = None
    if padded_shapes is not None:
      shapes = elements.shape_specs(padded_shapes, self._core.spec)
    return self._with(self._core.padded_batch(
        arguments.integer("padded_batch", "batch_size", batch_size), shapes,
        None if padding_values is None else elements.components(padding_values),
        drop_remainder))

  def unbatch(self, name=None) -> "Dataset":
    """One element per row of each element; undoes `batch`."""
    return self._with(self._core.unbatch())

  def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=None,
              name=None) -> "Dataset":
    """Elements in random order: each is drawn from the next `buffer_size`.

    Args:
      buffer_size: above 0; that of the data, or more, gives a full shuffle.
      seed: an int for the same order in every run.
      reshuffle_each_iteration: another order in each pass, True by default.

    Raises:
      ValueError: buffer_size below 1.
    """
    reshuffle = (True if reshuffle_each_iteration is None
                 else bool(reshuffle_each_iteration))
    size = arguments.integer("shuffle", "buffer_size", buffer_size)
    return self._with(self._core.shuffle(size, seed, reshuffle))

  def repeat(self, count=None, name=None) -> "Dataset":
    """The elements `count` times over; None or -1: for ever."""
    return self._with(self._core.repeat(
        -1 if count is None else arguments.integer("repeat", "count", count)))

  def take(self, count, name=None) -> "Dataset":
    """The first `count` elements, all for -1."""
    count = arguments.integer("take", "count", count)
    return self._with(self._core.take(count))

  def skip(self, count, name=None) -> "Dataset":
    """The elements after the first `count`, none for -1."""
    count = arguments.integer("skip", "count", count)
    return self._with(self._core.skip(count))

  def shard(self, num_shards, index, name=None) -> "Dataset":
    """Every num_shards-th element, from that at `index` on.

    Raises:
      ValueError: index outside of [0, num_shards).
    """
    return self._with(self._core.shard(
        arguments.integer("shard", "num_shards", num_shards),
        arguments.integer("shard", "index", index)))

  def concatenate(self, dataset, name=None) -> "Dataset":
    """These elements, then those of another dataset of equal structure.

    Raises:
      TypeError: dtypes or structure differ, or no dataset is given.
    """
    return self._with(self._core.concatenate(
        _core_of("concatenate", dataset)), dataset)

  def cache(self, filename="", name=None) -> "Dataset":
    """The elements of the first pass kept in memory; `filename` is not used."""
    return self._with(self._core.cache())

  def prefetch(self, buffer_size, name=None) -> "Dataset":
    """Makes up to `buffer_size` elements ahead, in a thread; -1 chooses."""
    size = arguments.integer("prefetch", "buffer_size", buffer_size)
    return self._with(self._core.prefetch(size))

  def enumerate(self, start=0, name=None) -> "Dataset":
    """Pairs (position, element); positions are int64 from `start` on."""
    start = arguments.integer("enumerate", "start", start)
    return self._with(self._core.enumerate(start))

  def flat_map(self, map_func, name=None) -> "Dataset":
    """Elements of the datasets that a function of each element gives.

    Args:
      map_func: takes Tensors, gives a Dataset; called in Python.
    """
    return self._flat("flat_map", map_func, None, 1)

  def interleave(self, map_func, cycle_length=None, block_length=1,
                 num_parallel_calls=None, deterministic=None,
                 name=None) -> "Dataset":
    """As `flat_map`, `cycle_length` datasets at a time (16 by default),
    `block_length` elements from each in turn."""
    cycle = 16 if cycle_length in (None, AUTOTUNE) else int(cycle_length)
    return self._flat("interleave", map_func, cycle, int(block_length))

  def _flat(self, op, map_func, cycle, block):
    arguments.function(op, "map_func", map_func)
    made = self._with(self._core.flat_map(_dataset_function(map_func), cycle,
                                          block))
    made._explained.append(trace.InPython(map_func, op, "it gives datasets"))
    return made

  def apply(self, transformation_func):
    """What `transformation_func` makes of this dataset."""
    arguments.function("apply", "transformation_func", transformation_func)
    return transformation_func(self)

  def with_options(self, options, name=None) -> "Dataset":
    """This dataset; results never depend on options."""
    return self

  def options(self):
    """The options, all unset."""
    return Options()

  def reduce(self, initial_state, reduce_func, name=None):
    """One value of all elements.

    Args:
      initial_state: the state before the first element.
      reduce_func: function of (state, element) that gives the next state;
        called in Python.

    Raises:
      ValueError: the dataset is infinite.
    """
    arguments.function("reduce", "reduce_func", reduce_func)
    if self._core.cardinality() == INFINITE_CARDINALITY:
      raise ValueError("reduce: the dataset is infinite; use take(n) first")
    state = initial_state
    for element in self:
      state = reduce_func(state, element)
    return state

  @property
  def element_spec(self):
    """Nest of TensorSpec: dtypes and shapes of an element."""
    return elements.spec_from_core(self._core.spec)

  def cardinality(self):
    """Number of elements as np.int64; INFINITE_CARDINALITY (-1) or
    UNKNOWN_CARDINALITY (-2)."""
    return np.int64(self._core.cardinality())

  def __len__(self):
    n = self._core.cardinality()
    if n < 0:
      raise TypeError("The dataset is infinite." if n == -1 else
                      "The dataset length is unknown: it depends on the "
                      "elements; count them by iterating")
    return n

  def __iter__(self):
    return Iterator(self._core.make_iterator(random.entropy()))

  def as_numpy_iterator(self):
    """The elements as nests of ndarrays."""
    iterator = self._core.make_iterator(random.entropy())
    return (element for element in iterator)

  def get_single_element(self):
    """The only element; ValueError if there is none or several."""
    elements = list(itertools.islice(iter(self), 2))
    if len(elements) != 1:
      raise ValueError("get_single_element: the dataset has "
                       f"{'no' if not elements else 'several'} elements, "
                       "expected one")
    return elements[0]

  def make_one_shot_iterator(self):
    """As iter(dataset)."""
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
    """The next element as Tensors; StopIteration after the last."""
    return elements.to_tensors(next(self._core))

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


def _dataset_function(map_func):
  def call(element):
    value = elements.to_tensors(element)
    made = (map_func(*value) if isinstance(value, tuple)
            else map_func(value))
    return _core_of("flat_map, interleave: map_func", made)
  return call


