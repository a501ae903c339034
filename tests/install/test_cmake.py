"""`cmake --install` and `find_package(Numest)` build and run a project
outside of the tree; its program is that of the README."""
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(Consumer LANGUAGES CXX)
find_package(Numest 0.1 REQUIRED)
add_executable(consumer consumer.cpp)
target_link_libraries(consumer PRIVATE numest::numest)
target_compile_options(consumer PRIVATE -Wall -Wextra -Werror)
"""
MAIN = """
#include "numest/np.h"

int main() {
  classify(np::random::rand({1000, 32, 32, 3}),
           np::random::randint(0, 10, {1000}));
}
"""


def run(words, **options):
  done = subprocess.run(list(map(str, words)), capture_output=True, text=True,
                        timeout=600, **options)
  assert done.returncode == 0, done.stdout + done.stderr
  return done


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
  folder = tmp_path_factory.mktemp("prefix")
  run(["cmake", "--install", ROOT / "build", "--prefix", folder])
  return folder


@pytest.fixture(scope="module")
def consumer(prefix, tmp_path_factory, environment):
  """The built program of a project that knows the prefix only."""
  folder = tmp_path_factory.mktemp("consumer")
  readme = (ROOT / "README.md").read_text()
  block = re.search(r"```cpp\n(.*?)```", readme, re.S).group(1)
  (folder / "CMakeLists.txt").write_text(PROJECT)
  (folder / "consumer.cpp").write_text(block + MAIN)
  run(["cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja",
       f"-DCMAKE_PREFIX_PATH={prefix}"], env=environment)
  run(["cmake", "--build", folder / "build"], env=environment)
  return folder / "build/consumer"


def test_the_program_of_the_readme_runs(consumer, tmp_path):
  done = run([consumer], cwd=tmp_path)
  assert re.fullmatch(r"Accuracy: 0\.\d+\n", done.stdout)
  assert list((tmp_path / "model_dir").glob("model.ckpt-32.index"))


def test_the_installed_command_runs(prefix, tmp_path):
  assert run([prefix / "bin/numest", "--version"]).stdout == "numest 0.1.0\n"


def test_nothing_of_the_build_is_in_the_package(prefix):
  for path in prefix.rglob("*.cmake"):
    assert str(ROOT) not in path.read_text(), path
  tests = [p for p in prefix.rglob("*_test*")]
  assert tests == []


def test_the_prefix_has_folders_of_their_kind_only(prefix):
  assert {p.name for p in prefix.iterdir()} == {"bin", "include", "lib"}
