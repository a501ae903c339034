"""tf.compat.v1.estimator: sums as losses, v1 metrics and checkpoint names."""
from numest import estimator as _v2
from numest import inputs
from numest.estimator import *
from numest.estimator import (Estimator, EstimatorSpec, EvalSpec, ModeKeys,
                              RunConfig, TrainSpec, train_and_evaluate)


def _v1(cls):
  return type(cls.__name__, (cls,), {"_IS_V1": True, "__doc__": cls.__doc__,
                                     "__module__": __name__})


DNNClassifier = _v1(_v2.DNNClassifier)
DNNRegressor = _v1(_v2.DNNRegressor)
LinearClassifier = _v1(_v2.LinearClassifier)
LinearRegressor = _v1(_v2.LinearRegressor)
BaselineClassifier = _v1(_v2.BaselineClassifier)
BaselineRegressor = _v1(_v2.BaselineRegressor)
