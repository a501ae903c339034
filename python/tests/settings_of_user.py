"""A module of a user, for tests: functions and settings that tests change."""
import numpy as np

SCALE = 2.0


def scaled(x):
  return np.multiply(x, SCALE)
