"""A user's own module: functions that test_constructs.py calls from another
file."""
import dataclasses
import functools
from collections import namedtuple
from typing import NamedTuple

import numpy as np
from numpy import random as npr

SCALE = 2.0
WEIGHTS = np.array([0.5, 0.25, 0.25], np.float32)


def scaled(x, by=SCALE, *, shift=0.0):
  return x * by + shift


def brightness(x):
  return luminance(x).mean()


def luminance(x):
  return (x * WEIGHTS).sum(axis=-1)


def windows(x, size):
  for start in range(0, x.shape[0], size):
    yield x[start:start + size]


def noisy(x):
  return x + npr.uniform(1.0, 2.0)


def logged(function):
  @functools.wraps(function)
  def wrapper(*args, **kwargs):
    return function(*args, **kwargs)
  return wrapper


def repeated(times):
  def decorate(function):
    @functools.wraps(function)
    def wrapper(x):
      for _ in range(times):
        x = function(x)
      return x
    return wrapper
  return decorate


Pair = namedtuple("Pair", "image label")


class Box(NamedTuple):
  top: int
  left: int = 1


@dataclasses.dataclass
class Settings:
  gain: float = 1.5
  offset: float = 0.5

  def apply(self, x):
    return x * self.gain + self.offset


@dataclasses.dataclass(frozen=True)
class Frozen:
  table: tuple = (1.0, 2.0, 3.0)


class Base:
  gain = 2.0

  def __init__(self, offset):
    self.offset = offset

  def apply(self, x):
    return x * self.gain + self.offset

  @staticmethod
  def half(x):
    return x / 2

  @classmethod
  def doubled(cls, x):
    return x * cls.gain

  @property
  def twice_offset(self):
    return self.offset * np.sqrt(4.0)


class Derived(Base):
  gain = 3.0

  def apply(self, x):
    return super().apply(x) - 1


class Slotted:
  __slots__ = ("gain",)

  def __init__(self, gain):
    self.gain = gain

  def __call__(self, x):
    return np.clip(x * self.gain, 0, 1)


GENERATOR = np.random.default_rng(0)
LEGACY = np.random.RandomState(0)


def flips(x, rng):
  return x[::-1] if rng.random() < 0.5 else x


class Jitter:
  """Holds a generator, and an object that draws."""

  def __init__(self):
    self.rng = np.random.default_rng(0)
    self.inner = Shift()

  def __call__(self, x):
    return self.inner(x * self.rng.uniform(1, 2))


class Shift:
  amount = 3.0

  def __call__(self, x):
    return x + np.random.uniform(0, self.amount)


class Compose:
  def __init__(self, *steps):
    self.steps = list(steps)

  def __call__(self, x):
    for step in self.steps:
      x = step(x)
    return x


def randomly(probability):
  def decorate(function):
    @functools.wraps(function)
    def wrapper(x):
      return np.where(np.random.rand() < probability, function(x), x)
    return wrapper
  return decorate
