"""Forty augmentation and preprocessing functions as people write them: plain
NumPy on one element, drawing from np.random. CASES lists them with the kind
of element that each takes (see elements.py)."""
import math
import random

import numpy as np
from numpy import pi

rng = np.random.default_rng(0)
MEAN = np.array([0.49, 0.48, 0.45], np.float32)
STD = np.array([0.25, 0.24, 0.26], np.float32)


# --- pictures, float32 (32, 32, 3) in [0, 1] ---
def flip_left_right(img):
    if np.random.rand() < 0.5:
        img = np.fliplr(img)
    return img


def flip_both(image):
    if np.random.random() > 0.5:
        image = image[::-1]
    if np.random.random() > 0.5:
        image = image[:, ::-1, :]
    return image


def pad_and_crop(x, pad=4):
    h, w = x.shape[:2]
    x = np.pad(x, ((pad, pad), (pad, pad), (0, 0)), mode="constant")
    top = np.random.randint(0, 2 * pad + 1)
    left = np.random.randint(0, 2 * pad + 1)
    return x[top:top + h, left:left + w]


def reflect_and_crop(x):
    x = np.pad(x, [(2, 2), (2, 2), (0, 0)], "reflect")
    i, j = np.random.randint(5, size=2)
    return x[i:i + 32, j:j + 32, :]


def full(img):
    """Pad, crop, flip, brightness, cutout, standardise."""
    img = np.pad(img, ((2, 2), (2, 2), (0, 0)))
    y, x = np.random.randint(0, 9), np.random.randint(0, 9)
    img = img[y:y + 28, x:x + 28]
    if np.random.rand() < 0.5:
        img = img[:, ::-1]
    img = img * np.random.uniform(0.8, 1.2) + np.random.uniform(-0.1, 0.1)
    img = np.clip(img, 0, 1)
    cy, cx = np.random.randint(0, 21), np.random.randint(0, 21)
    img[cy:cy + 8, cx:cx + 8] = 0
    return (img - img.mean()) / (img.std() + 1e-6)


def cutout(img, size=8):
    out = img.copy()
    h, w, _ = out.shape
    y = np.random.randint(h)
    x = np.random.randint(w)
    y1, y2 = max(0, y - size // 2), min(h, y + size // 2)
    x1, x2 = max(0, x - size // 2), min(w, x + size // 2)
    out[y1:y2, x1:x2, :] = 0.0
    return out


def random_erasing(img):
    """An area and an aspect ratio, filled with noise."""
    if random.random() > 0.5:
        return img
    h, w, c = img.shape
    area = np.random.uniform(0.02, 0.2) * h * w
    ratio = np.random.uniform(0.5, 2.0)
    eh = int(round(math.sqrt(area * ratio)))
    ew = int(round(math.sqrt(area / ratio)))
    top = np.random.randint(0, 12)
    left = np.random.randint(0, 12)
    img[top:top + eh, left:left + ew] = np.random.uniform(0, 1, 3)
    return img


def brightness(img):
    return np.clip(img + np.random.uniform(-0.2, 0.2), 0.0, 1.0)


def contrast(img):
    factor = 1.0 + (np.random.rand() - 0.5) * 0.8
    mean = np.mean(img, axis=(0, 1), keepdims=True)
    return np.clip((img - mean) * factor + mean, 0, 1).astype(np.float32)


def gamma(img):
    return np.power(img, np.exp(np.random.uniform(-0.3, 0.3)))


def gaussian_noise(img):
    noise = np.random.normal(0, 0.05, img.shape).astype(np.float32)
    return np.minimum(np.maximum(img + noise, 0), 1)


def speckle(img):
    img += img * 0.1 * np.random.randn(*img.shape)
    return img


def salt_and_pepper(img, amount=0.04):
    where = np.random.random(img.shape[:2])
    out = np.copy(img)
    out[where < amount / 2] = 0
    out[where > 1 - amount / 2] = 1
    return out


def shuffle_channels(img):
    order = np.random.permutation(3)
    return img[..., order]


def to_grey_sometimes(img):
    if np.random.uniform() < 0.2:
        grey = np.dot(img, np.array([0.299, 0.587, 0.114], np.float32))
        img = np.stack([grey, grey, grey], axis=-1)
    return img


def jitter_colors(img):
    for channel in range(img.shape[2]):
        img[:, :, channel] *= np.random.uniform(0.7, 1.3)
    return np.clip(img, 0, 1)


def standardise(img):
    img = img.astype(np.float32)
    adjusted = max(img.std(), 1.0 / math.sqrt(img.size))
    return (img - np.mean(img)) / adjusted


def rotate_by_quarters(img):
    k = np.random.randint(0, 4)
    return np.rot90(img, k)


def wrap_around(img):
    dy, dx = np.random.randint(-4, 5, 2)
    return np.roll(np.roll(img, dy, axis=0), dx, axis=1)


def translate(img):
    out = np.zeros_like(img)
    shift = rng.integers(-6, 7)
    if shift > 0:
        out[shift:] = img[:-shift]
    elif shift < 0:
        out[:shift] = img[-shift:]
    else:
        out[:] = img
    return out


def solarize(img):
    threshold = np.random.uniform(0.5, 1)
    return np.where(img >= threshold, 1 - img, img)


def mix_with_flip(img):
    lam = np.random.beta(0.4, 0.4)
    return lam * img + (1 - lam) * img[::-1, ::-1]


def vignette(img):
    h, w = img.shape[0], img.shape[1]
    ys, xs = np.meshgrid(np.linspace(-1, 1, h), np.linspace(-1, 1, w),
                         indexing="ij")
    strength = np.random.uniform(0, 0.5)
    mask = 1 - strength * (ys ** 2 + xs ** 2) / 2
    return (img * mask[:, :, np.newaxis]).astype("float32")


def halve(img):
    h, w, c = img.shape
    return img.reshape(h // 2, 2, w // 2, 2, c).mean(axis=(1, 3))


def enlarge_nearest(img, size=48):
    rows = (np.arange(size) * img.shape[0] / size).astype(np.int32)
    columns = (np.arange(size) * img.shape[1] / size).astype(np.int32)
    return img[rows[:, None], columns[None, :]]


def blur(img):
    """A box of 3 by 3, by sums of shifted copies."""
    padded = np.pad(img, ((1, 1), (1, 1), (0, 0)), mode="edge")
    total = np.zeros(img.shape, dtype=np.float32)
    for dy in range(3):
        for dx in range(3):
            total += padded[dy:dy + img.shape[0], dx:dx + img.shape[1]]
    return total / 9.0


def stretch_percentiles(img):
    low, high = np.percentile(img, (2, 98))
    return np.clip((img - low) / (high - low), 0, 1)


class Normalise:
    """An object with options, as libraries have them."""

    def __init__(self, mean, std, p=0.5):
        self.mean, self.std, self.p = mean, std, p

    def __call__(self, image):
        if np.random.rand() < self.p:
            image = image[:, ::-1]
        return (image - self.mean) / self.std


# --- pictures, uint8 (32, 32, 3) ---
def scale_bytes(img):
    return (img.astype(np.float32) / 127.5) - 1.0


def posterize(img):
    bits = 4
    return img & np.uint8(256 - 2 ** (8 - bits))


def equalize(img):
    grey = img.mean(axis=2).astype(np.uint8)
    counts = np.bincount(grey.ravel(), minlength=256)
    cdf = np.cumsum(counts[:256])
    lut = (cdf - cdf.min()) * 255 // (cdf.max() - cdf.min())
    return lut[grey].astype(np.uint8)


# --- sound, float32 (1600,) ---
def random_gain(wave):
    return wave * 10 ** (np.random.uniform(-6, 6) / 20)


def shift_in_time(wave):
    return np.roll(wave, np.random.randint(-160, 161))


def add_noise_by_snr(wave, snr_db=20):
    power = np.mean(wave ** 2)
    scale = np.sqrt(power / 10 ** (snr_db / 10))
    return wave + scale * np.random.normal(size=len(wave))


def pre_emphasis(signal, coefficient=0.97):
    return np.append(signal[0], signal[1:] - coefficient * signal[:-1])


def log_spectrum(signal, size=400, step=160):
    count = 1 + (len(signal) - size) // step
    at = np.arange(size)[None, :] + step * np.arange(count)[:, None]
    window = 0.5 - 0.5 * np.cos(2 * pi * np.arange(size) / size)
    spectrum = np.abs(np.fft.rfft(signal[at] * window, 512)) ** 2
    return np.log(spectrum + 1e-6).astype(np.float32)


def mask_spectrogram(spec):
    """SpecAugment: bands of rows and of columns."""
    cloned = spec.copy()
    for _ in range(2):
        f = np.random.randint(1, 5)
        f0 = np.random.randint(0, 20 - 4)
        cloned[f0:f0 + f, :] = 0
        t = int(np.random.uniform(1, 10))
        t0 = np.random.randint(0, 50 - 10)
        cloned[:, t0:t0 + t] = cloned.mean()
    return cloned


# --- series, tokens and boxes ---
def scale_series(x):
    """Jitter and scale each of the series of (64, 4)."""
    factor = np.random.normal(loc=1.0, scale=0.1, size=(1, x.shape[1]))
    return np.multiply(x, factor) + np.random.normal(0, 0.03, x.shape)


def drop_tokens(tokens):
    keep = np.random.rand(len(tokens)) >= 0.15
    keep[0] = True
    return np.where(keep, tokens, 1)


def flip_boxes(boxes):
    """(10, 4) of x1, y1, x2, y2 in a picture of width 100."""
    if np.random.choice([True, False]):
        boxes[:, [0, 2]] = 100 - boxes[:, [2, 0]]
    w = boxes[:, 2] - boxes[:, 0]
    h = boxes[:, 3] - boxes[:, 1]
    area = (w * h)[:, None]
    return np.hstack([boxes, area])


# name: (function, kind of element)
CASES = {f.__name__: (f, "image") for f in (
    flip_left_right, flip_both, pad_and_crop, reflect_and_crop, full, cutout,
    random_erasing, brightness, contrast, gamma, gaussian_noise, speckle,
    salt_and_pepper, shuffle_channels, to_grey_sometimes, jitter_colors,
    standardise, rotate_by_quarters, wrap_around, translate, solarize,
    mix_with_flip, vignette, halve, enlarge_nearest, blur,
    stretch_percentiles)}
CASES["Normalise"] = (Normalise(MEAN, STD), "image")
CASES |= {f.__name__: (f, kind) for f, kind in (
    (scale_bytes, "bytes"), (posterize, "bytes"), (equalize, "bytes"),
    (random_gain, "sound"), (shift_in_time, "sound"),
    (add_noise_by_snr, "sound"), (pre_emphasis, "sound"),
    (log_spectrum, "sound"), (mask_spectrogram, "spectrogram"),
    (scale_series, "series"), (drop_tokens, "tokens"),
    (flip_boxes, "boxes"))}
