"""The forty functions of functions.py over a whole batch, as a careful user
of NumPy writes them by hand: one draw is one array, a condition is a mask or
`np.where`, a window per row a gather. Each takes rows and a source of draws
that has np.random's functions (`random` for Python's own generator), and
computes in the dtypes of the function that it stands for."""
import math

import numpy as np
from functions import MEAN, STD, Normalise, rng

AT_32 = np.arange(32)


def per_row(draw):
  """Draws of shape (n,) beside images."""
  return draw[:, None, None, None]


def as_drawn(x, like):
  """A Python number of each row has no dtype of its own."""
  return x.astype(like.dtype)


def windows(x, top, left, height, width):
  """x[i, top[i]:top[i] + height, left[i]:left[i] + width] of each row."""
  rows = top[:, None] + np.arange(height)
  columns = left[:, None] + np.arange(width)
  return x[np.arange(len(x))[:, None, None], rows[:, :, None],
           columns[:, None, :]]


def between(count, start, stop):
  """(n, count): where positions lie in [start, stop)."""
  at = np.arange(count)
  return (at >= start[:, None]) & (at < stop[:, None])


def box(top, bottom, left, right, size=32):
  """(n, size, size): where rows and columns are inside."""
  return between(size, top, bottom)[:, :, None] & between(
      size, left, right)[:, None, :]


# --- pictures, float32 (n, 32, 32, 3) ---
def flip_left_right(x, draws):
  return np.where(per_row(draws.rand(len(x)) < 0.5), x[:, :, ::-1], x)


def flip_both(x, draws):
  x = np.where(per_row(draws.random(len(x)) > 0.5), x[:, ::-1], x)
  return np.where(per_row(draws.random(len(x)) > 0.5), x[:, :, ::-1], x)


def pad_and_crop(x, draws, pad=4):
  padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
  top = draws.randint(0, 2 * pad + 1, len(x))
  left = draws.randint(0, 2 * pad + 1, len(x))
  return windows(padded, top, left, 32, 32)


def reflect_and_crop(x, draws):
  padded = np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)), "reflect")
  starts = draws.randint(5, size=(len(x), 2))
  return windows(padded, starts[:, 0], starts[:, 1], 32, 32)


def full(x, draws):
  n = len(x)
  padded = np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)))
  top, left = draws.randint(0, 9, n), draws.randint(0, 9, n)
  x = windows(padded, top, left, 28, 28)
  x = np.where(per_row(draws.rand(n) < 0.5), x[:, :, ::-1], x)
  x *= as_drawn(per_row(draws.uniform(0.8, 1.2, n)), x)
  x += as_drawn(per_row(draws.uniform(-0.1, 0.1, n)), x)
  np.clip(x, 0, 1, out=x)
  cy, cx = draws.randint(0, 21, n), draws.randint(0, 21, n)
  x[box(cy, cy + 8, cx, cx + 8, 28)] = 0
  mean = x.mean((1, 2, 3), keepdims=True)
  return (x - mean) / (x.std((1, 2, 3), keepdims=True) + 1e-6)


def cutout(x, draws, size=8):
  y, at = draws.randint(32, size=len(x)), draws.randint(32, size=len(x))
  half = size // 2
  return np.where(box(y - half, y + half, at - half, at + half)[..., None],
                  np.float32(0), x)


def random_erasing(x, draws):
  is_erased = draws.python_random(len(x)) <= 0.5
  count = int(is_erased.sum())
  area = draws.uniform(0.02, 0.2, count) * 32 * 32
  ratio = draws.uniform(0.5, 2.0, count)
  height = np.round(np.sqrt(area * ratio)).astype(int)
  width = np.round(np.sqrt(area / ratio)).astype(int)
  top, left = draws.randint(0, 12, count), draws.randint(0, 12, count)
  colour = draws.uniform(0, 1, (count, 3)).astype(np.float32)
  mask = box(top, top + height, left, left + width)[..., None]
  x[is_erased] = np.where(mask, colour[:, None, None], x[is_erased])
  return x


def brightness(x, draws):
  by = as_drawn(per_row(draws.uniform(-0.2, 0.2, len(x))), x)
  return np.clip(x + by, 0.0, 1.0)


def contrast(x, draws):
  factor = as_drawn(per_row(1.0 + (draws.rand(len(x)) - 0.5) * 0.8), x)
  mean = x.mean((1, 2), keepdims=True)
  return np.clip((x - mean) * factor + mean, 0, 1).astype(np.float32)


def gamma(x, draws):
  return np.power(x, per_row(np.exp(draws.uniform(-0.3, 0.3, len(x)))))


def gaussian_noise(x, draws):
  noise = draws.normal(0, 0.05, x.shape).astype(np.float32)
  return np.minimum(np.maximum(x + noise, 0), 1)


def speckle(x, draws):
  x += x * 0.1 * draws.randn(*x.shape)
  return x


def salt_and_pepper(x, draws, amount=0.04):
  where = draws.random(x.shape[:3])
  out = x.copy()
  out[where < amount / 2] = 0
  out[where > 1 - amount / 2] = 1
  return out


def shuffle_channels(x, draws):
  order = draws.permutations(len(x), 3)
  return np.take_along_axis(x, order[:, None, None], -1)


def to_grey_sometimes(x, draws):
  is_grey = draws.uniform(size=len(x)) < 0.2
  grey = x @ np.array([0.299, 0.587, 0.114], np.float32)
  return np.where(per_row(is_grey), grey[..., None], x)


def jitter_colors(x, draws):
  factors = draws.uniform(0.7, 1.3, (len(x), 3))
  x *= as_drawn(factors, x)[:, None, None]
  return np.clip(x, 0, 1)


def standardise(x, draws):
  axes = (1, 2, 3)
  least = np.float32(1.0 / math.sqrt(x[0].size))
  deviation = np.maximum(x.std(axes, keepdims=True), least)
  return (x - x.mean(axes, keepdims=True)) / deviation


def rotate_by_quarters(x, draws):
  k = draws.randint(0, 4, len(x))
  out = np.empty_like(x)
  for quarter in range(4):
    chosen = k == quarter
    out[chosen] = np.rot90(x[chosen], quarter, (1, 2))
  return out


def wrap_around(x, draws):
  shift = draws.randint(-4, 5, (len(x), 2))
  rows = (AT_32 - shift[:, :1]) % 32
  columns = (AT_32 - shift[:, 1:]) % 32
  return x[np.arange(len(x))[:, None, None], rows[:, :, None],
           columns[:, None, :]]


def translate(x, draws):
  shift = draws.integers(-6, 7, len(x))
  rows = AT_32 - shift[:, None]
  is_inside = (rows >= 0) & (rows < 32)
  moved = x[np.arange(len(x))[:, None], np.clip(rows, 0, 31)]
  return np.where(is_inside[:, :, None, None], moved, np.float32(0))


def solarize(x, draws):
  threshold = as_drawn(per_row(draws.uniform(0.5, 1, len(x))), x)
  return np.where(x >= threshold, 1 - x, x)


def mix_with_flip(x, draws):
  lam = draws.beta(0.4, 0.4, len(x))
  return as_drawn(per_row(lam), x) * x + as_drawn(per_row(1 - lam), x) * x[
      :, ::-1, ::-1]


def vignette(x, draws):
  line = np.linspace(-1, 1, 32)
  squares = line[:, None] ** 2 + line ** 2
  strength = draws.uniform(0, 0.5, len(x))
  mask = 1 - strength[:, None, None] * squares / 2
  return (x * mask[..., None]).astype("float32")


def halve(x, draws):
  return x.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4))


def enlarge_nearest(x, draws, size=48):
  at = (np.arange(size) * 32 / size).astype(np.int32)
  return x[:, at[:, None], at]


def blur(x, draws):
  padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
  total = np.zeros_like(x)
  for dy in range(3):
    for dx in range(3):
      total += padded[:, dy:dy + 32, dx:dx + 32]
  return total / 9.0


def stretch_percentiles(x, draws):
  low, high = np.percentile(x, (2, 98), axis=(1, 2, 3), keepdims=True)
  return np.clip((x - low) / (high - low), 0, 1)


def normalise(x, draws):
  x = np.where(per_row(draws.rand(len(x)) < 0.5), x[:, :, ::-1], x)
  return (x - MEAN) / STD


# --- pictures, uint8 (n, 32, 32, 3) ---
def scale_bytes(x, draws):
  return (x.astype(np.float32) / 127.5) - 1.0


def posterize(x, draws):
  return x & np.uint8(256 - 2 ** 4)


def equalize(x, draws):
  n = len(x)
  grey = x.mean(axis=3).astype(np.uint8)
  rows = np.arange(n)[:, None, None]
  counts = np.bincount((grey + 256 * rows).ravel(), minlength=256 * n)
  cdf = np.cumsum(counts.reshape(n, 256), axis=1)
  low, high = cdf.min(1, keepdims=True), cdf.max(1, keepdims=True)
  lut = (cdf - low) * 255 // (high - low)
  return lut[rows, grey].astype(np.uint8)


# --- sound, float32 (n, 1600) ---
def random_gain(x, draws):
  return x * as_drawn(10 ** (draws.uniform(-6, 6, len(x)) / 20), x)[:, None]


def shift_in_time(x, draws):
  shift = draws.randint(-160, 161, len(x))
  at = (np.arange(1600) - shift[:, None]) % 1600
  return np.take_along_axis(x, at, 1)


def add_noise_by_snr(x, draws, snr_db=20):
  power = np.mean(x ** 2, axis=1, keepdims=True)
  scale = np.sqrt(power / 10 ** (snr_db / 10))
  return x + scale * draws.normal(size=x.shape)


def pre_emphasis(x, draws, coefficient=0.97):
  out = x.copy()
  out[:, 1:] -= coefficient * x[:, :-1]
  return out


def log_spectrum(x, draws, size=400, step=160):
  frames = np.lib.stride_tricks.sliding_window_view(x, size, 1)[:, ::step]
  window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
  spectrum = np.abs(np.fft.rfft(frames * window, 512)) ** 2
  return np.log(spectrum + 1e-6).astype(np.float32)


def mask_spectrogram(x, draws):
  x = x.copy()
  for _ in range(2):
    n = len(x)
    f = draws.randint(1, 5, n)
    f0 = draws.randint(0, 20 - 4, n)
    x[between(20, f0, f0 + f)] = 0
    t = draws.uniform(1, 10, n).astype(int)
    t0 = draws.randint(0, 50 - 10, n)
    mean = x.mean((1, 2), keepdims=True)
    x = np.where(between(50, t0, t0 + t)[:, None], mean, x)
  return x


# --- series, tokens and boxes ---
def scale_series(x, draws):
  factor = draws.normal(loc=1.0, scale=0.1, size=(len(x), 1, 4))
  return x * factor + draws.normal(0, 0.03, x.shape)


def drop_tokens(x, draws):
  keep = draws.rand(*x.shape) >= 0.15
  keep[:, 0] = True
  return np.where(keep, x, 1)


def flip_boxes(x, draws):
  is_flipped = draws.choice([True, False], len(x))
  flipped = x.copy()
  flipped[:, :, [0, 2]] = 100 - x[:, :, [2, 0]]
  x = np.where(is_flipped[:, None, None], flipped, x)
  area = (x[..., 2] - x[..., 0]) * (x[..., 3] - x[..., 1])
  return np.concatenate([x, area[..., None]], axis=2)


VECTORISED = {f.__name__: f for f in (
    flip_left_right, flip_both, pad_and_crop, reflect_and_crop, full, cutout,
    random_erasing, brightness, contrast, gamma, gaussian_noise, speckle,
    salt_and_pepper, shuffle_channels, to_grey_sometimes, jitter_colors,
    standardise, rotate_by_quarters, wrap_around, translate, solarize,
    mix_with_flip, vignette, halve, enlarge_nearest, blur,
    stretch_percentiles, scale_bytes, posterize, equalize, random_gain,
    shift_in_time, add_noise_by_snr, pre_emphasis, log_spectrum,
    mask_spectrogram, scale_series, drop_tokens, flip_boxes)}
VECTORISED[Normalise.__name__] = normalise


class Draws:
  """np.random's functions, and what has no array form there by one that
  has."""

  def __getattr__(self, name):
    return getattr(np.random, name)

  def integers(self, low, high, size):
    return rng.integers(low, high, size)

  def python_random(self, size):
    return np.random.random(size)

  def permutations(self, count, size):
    """(count, size): each row in an order of its own."""
    return np.argsort(np.random.random((count, size)), axis=1)
