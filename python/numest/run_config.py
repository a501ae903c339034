"""RunConfig: settings of a run."""
import os

import numpy as np

from numest import arguments

_UNSET = object()


class RunConfig:
  """Settings of a run; TensorFlow's names and defaults, and
  show_progress: a plan and a line with steps, loss, examples/s and time left
  on stderr in place of the log lines."""

  _DEFAULTS = {
      "model_dir": None, "tf_random_seed": None, "save_summary_steps": 100,
      "save_checkpoints_steps": _UNSET, "save_checkpoints_secs": _UNSET,
      "session_config": None, "keep_checkpoint_max": 5,
      "keep_checkpoint_every_n_hours": 10000, "log_step_count_steps": 100,
      "train_distribute": None, "device_fn": None, "protocol": None,
      "eval_distribute": None, "experimental_distribute": None,
      "experimental_max_worker_delay_secs": None,
      "session_creation_timeout_secs": 7200,
      "checkpoint_save_graph_def": True, "show_progress": False,
  }

  def __init__(self, model_dir=None, tf_random_seed=None, **kwargs):
    unknown = set(kwargs) - set(self._DEFAULTS)
    if unknown:
      raise TypeError("RunConfig got an unexpected keyword argument "
                      f"'{sorted(unknown)[0]}'")
    values = dict(self._DEFAULTS, model_dir=model_dir,
                  tf_random_seed=tf_random_seed, **kwargs)
    self._set(values)

  def _set(self, values):
    steps = values["save_checkpoints_steps"]
    secs = values["save_checkpoints_secs"]
    if steps is _UNSET and secs is _UNSET:
      steps, secs = None, 600
    elif steps is _UNSET:
      steps = None
    elif secs is _UNSET:
      secs = None
    if steps is not None and secs is not None:
      raise ValueError("`save_checkpoints_steps` and `save_checkpoints_secs` "
                       "cannot be both set.")
    values["save_checkpoints_steps"] = steps
    values["save_checkpoints_secs"] = secs
    _check_config(values)
    if values["model_dir"] is not None:
      values["model_dir"] = _folder(values["model_dir"])
    self._values = values

  def __getattr__(self, name):
    if name.startswith("_") or name not in self._DEFAULTS:
      raise AttributeError(name)
    return self._values[name]

  is_chief = True
  task_type, task_id, master = "worker", 0, ""
  num_worker_replicas, num_ps_replicas = 1, 0
  evaluation_master, service, global_id_in_cluster = "", None, 0

  def replace(self, **kwargs):
    """A copy with other values; ValueError for an unknown name."""
    unknown = set(kwargs) - set(self._DEFAULTS)
    if unknown:
      raise ValueError(f"Replacing {sorted(unknown)[0]} is not supported.")
    values = dict(self._values, **kwargs)
    if ("save_checkpoints_steps" in kwargs) != (
        "save_checkpoints_secs" in kwargs):
      other = ("save_checkpoints_secs" if "save_checkpoints_steps" in kwargs
               else "save_checkpoints_steps")
      values[other] = None
    made = RunConfig()
    made._set(values)
    return made


def _folder(path):
  try:
    return os.fspath(path)
  except TypeError:
    raise TypeError(f"model_dir: got {path!r} of type {type(path).__name__}, "
                    "expected a path") from None


def _check_config(values):
  if values["model_dir"] == "":
    raise ValueError("model_dir should be non-empty")
  for name in ("save_summary_steps", "save_checkpoints_steps",
               "save_checkpoints_secs", "keep_checkpoint_max"):
    if values[name] is not None and arguments.number(
        "RunConfig", name, values[name]) < 0:
      raise ValueError(f"{name} should be >= 0: got {values[name]}")
  for name in ("keep_checkpoint_every_n_hours", "log_step_count_steps",
               "session_creation_timeout_secs"):
    if values[name] is not None and arguments.number(
        "RunConfig", name, values[name]) <= 0:
      raise ValueError(f"{name} should be > 0: got {values[name]}")
  seed = values["tf_random_seed"]
  if seed is not None and not isinstance(seed, (int, np.integer)):
    raise ValueError(f"tf_random_seed must be integer: got {seed!r}")


def configured(config, model_dir):
  """The RunConfig of an estimator with this model_dir.

  Raises:
    ValueError: config is none, or names another model_dir.
  """
  if config is None:
    config = RunConfig()
  if not isinstance(config, RunConfig):
    raise ValueError("config must be an instance of `RunConfig`, but "
                     f"provided {config}.")
  if model_dir is not None:
    model_dir = _folder(model_dir)
    if config.model_dir is not None and config.model_dir != model_dir:
      raise ValueError("`model_dir` are set both in constructor and "
                       "`RunConfig`, but with different values.")
    config = config.replace(
        model_dir=model_dir,
        save_checkpoints_steps=config.save_checkpoints_steps,
        save_checkpoints_secs=config.save_checkpoints_secs)
  return config
