"""The guard of instruction counts fails where it has to; the long tests name
what they know."""
import importlib.machinery
import importlib.util
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def instructions():
    loader = importlib.machinery.SourceFileLoader(
        "instructions", str(ROOT / "tools" / "instructions"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("now, is_worse", [
    (1000, False), (1040, False), (1060, True), (500, False)])
def test_more_instructions_than_recorded_fail(instructions, capsys, now,
                                              is_worse):
    worse = instructions.compare({"train": now}, {"train": 1000})
    assert worse == (["train"] if is_worse else [])
    assert ("MORE THAN RECORDED" in capsys.readouterr().out) == is_worse


def test_a_program_without_a_record_fails(instructions, capsys):
    assert instructions.compare({"new": 1}, {}) == ["new"]
    assert "not recorded" in capsys.readouterr().out


def test_soak_names_what_it_knows():
    result = subprocess.run([ROOT / "tools" / "soak", "nothing"],
                            capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "files kills parsers" in result.stderr
