"""tf.compat.v1: `import numest.compat.v1 as tf` for code of TensorFlow 1."""
import contextlib
import types as _types

from numest import _core
from numest import (as_dtype, counters, data, feature_column, initializers,
                    io, layers, logging, losses, metrics, nn, random, train)
from numest import (bfloat16, bool, float16, float32, float64, int8, int16,
                    int32, int64, string, uint8, uint16, uint32, uint64)
from numest import TensorShape, TensorSpec, numpy_function, py_function
from numest.compat.v1 import estimator
from numest.functions import *
from numest.functions import assign, assign_add, get_variable, group, no_op
from numest.initializers import (constant_initializer,
                                 glorot_normal_initializer,
                                 glorot_uniform_initializer,
                                 ones_initializer,
                                 random_normal_initializer,
                                 random_uniform_initializer,
                                 truncated_normal_initializer,
                                 variance_scaling_initializer,
                                 zeros_initializer)
from numest.io import (FixedLenFeature, decode_csv, gfile, parse_example,
                       parse_single_example)
from numest.tensor import Tensor
from numest.variables import Variable

set_random_seed = random.set_seed
random_uniform, random_normal = random.uniform, random.normal
truncated_normal = random.truncated_normal
python_io = _types.SimpleNamespace(TFRecordWriter=io.TFRecordWriter,
                                   TFRecordOptions=io.TFRecordOptions,
                                   tf_record_iterator=io.tf_record_iterator)


def py_func(func, inp, Tout, stateful=True, name=None):
  """As tf.numpy_function."""
  return numpy_function(func, inp, Tout)


@contextlib.contextmanager
def variable_scope(name_or_scope, default_name=None, values=None,
                   reuse=None, **ignored):
  """Prefixes names of variables made inside."""
  _core.push_name(name_or_scope or default_name or "")
  try:
    yield
  finally:
    _core.pop_name()


@contextlib.contextmanager
def name_scope(name, *ignored, **also_ignored):
  """Does nothing: names of variables are those of variable_scope."""
  yield name


@contextlib.contextmanager
def control_dependencies(control_inputs):
  """Updates are part of the step of whatever operation is run."""
  yield


class GraphKeys:
  """Names for get_collection."""
  UPDATE_OPS = "update_ops"
  LOSSES = "losses"
  TRAINABLE_VARIABLES = "trainable_variables"


def get_collection(key, scope=None):
  """A list of what the model has under one of GraphKeys.

  Raises:
    ValueError: for another key.
  """
  lists = {GraphKeys.UPDATE_OPS: _core.update_ops,
           GraphKeys.LOSSES: _core.losses,
           GraphKeys.TRAINABLE_VARIABLES: _core.trainable_variables}
  if key not in lists:
    raise ValueError(f"get_collection: key: got {key!r}, expected one of "
                     f"{list(lists)}")
  return lists[key]()


def trainable_variables(scope=None):
  """Variables of the model that are trained, whose names start with `scope`."""
  return [v for v in _core.trainable_variables()
          if scope is None or v._node_name.startswith(scope)]


def disable_eager_execution():
  """Model functions are always traced; nothing to do."""


disable_v2_behavior = enable_eager_execution = disable_eager_execution
summary = _types.SimpleNamespace(
    scalar=lambda name, tensor, **_: _core.add_summary(
        name, _core.tensor(tensor), False),
    histogram=lambda name, values, **_: _core.add_summary(
        name, _core.tensor(values), True))
