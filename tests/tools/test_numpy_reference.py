"""The page of NumPy's functions: no function without a row, no row that the
code contradicts. Needs the built package."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import numpy_reference  # noqa: E402


def test_every_function_has_a_status_and_a_reason_or_call():
    for name, (status, note) in numpy_reference.rows().items():
        assert status in ("native, gradient", "native", "Python call",
                          "while traced", "gone", "not mapped"), name
        assert note, name


def test_function_without_a_row_is_named(monkeypatch):
    monkeypatch.delitem(numpy_reference.GRADIENT, "kron")
    with pytest.raises(SystemExit, match=r"no row .* add one for np\.kron"):
        numpy_reference.rows()


def test_form_that_the_page_calls_python_is_named(monkeypatch):
    monkeypatch.delitem(numpy_reference.GRADIENT, "kron")
    monkeypatch.setitem(numpy_reference.PYTHON_CALL, "kron", ("slow", None))
    with pytest.raises(SystemExit, match=r"np\.kron has a form"):
        numpy_reference.rows()


def test_stale_page_is_refused(monkeypatch, tmp_path):
    page = tmp_path / "numpy.md"
    page.write_text("# Old\n", encoding="utf-8")
    monkeypatch.setattr(numpy_reference, "PAGE", page)
    monkeypatch.setattr(sys, "argv", ["numpy_reference.py", "--check"])
    with pytest.raises(SystemExit, match="is stale"):
        numpy_reference.main()
