"""Settings of the build that is installed."""
import os
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def cache():
  """Entries of build/CMakeCache.txt."""
  text = (ROOT / "build" / "CMakeCache.txt").read_text()
  return dict(re.findall(r"^(\w+):\w+=(.*)$", text, re.M))


@pytest.fixture(scope="session")
def environment(cache):
  """The compiler of the build and its ccache, so that objects are found
  there rather than compiled again."""
  env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
  env["CXX"] = cache["CMAKE_CXX_COMPILER"]
  launcher = cache.get("CMAKE_CXX_COMPILER_LAUNCHER")
  if launcher:
    env["CMAKE_CXX_COMPILER_LAUNCHER"] = launcher
  return env
