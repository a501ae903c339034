"""tf.estimator.export: what a model offers to those who serve it."""


class ExportOutput:
  """Base of the outputs of a signature."""


class PredictOutput(ExportOutput):
  """Any tensors by name."""

  def __init__(self, outputs):
    self.outputs = outputs if isinstance(outputs, dict) else {
        "output": outputs}


class ClassificationOutput(ExportOutput):
  """Scores and class names; ValueError if both are missing."""

  def __init__(self, scores=None, classes=None):
    if scores is None and classes is None:
      raise ValueError("At least one of scores and classes must be set.")
    self.scores, self.classes = scores, classes


class RegressionOutput(ExportOutput):
  """Values per example."""

  def __init__(self, value):
    self.value = value


def checked(outputs, predictions):
  """The outputs of a spec that predicts.

  Raises:
    TypeError: for what is no dictionary of ExportOutput.
    ValueError: for several outputs without a 'serving_default'.
  """
  if outputs is None:
    return {"serving_default": PredictOutput(predictions)}
  if not isinstance(outputs, dict):
    raise TypeError(f"`export_outputs` must be dict, given: {outputs}")
  for key, value in outputs.items():
    if not isinstance(value, ExportOutput):
      raise TypeError("Values in `export_outputs` must be ExportOutput "
                      "objects such as tf.estimator.export.PredictOutput. "
                      f"Given: {value} for key: {key}")
  outputs = dict(outputs)
  if "serving_default" not in outputs:
    if len(outputs) != 1:
      raise ValueError("Multiple `export_outputs` were provided, but none of "
                       "them is specified as the default: name one "
                       "'serving_default'")
    outputs["serving_default"] = next(iter(outputs.values()))
  return outputs
