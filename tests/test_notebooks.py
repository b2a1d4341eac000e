"""Notebooks call the public face only, are stored without output, and run."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))

# What each must come to, in words that its own figures make.
SAID = {
    "first-sail.ipynb": r"RollingUpdate loses",
    "queueing.ipynb": r"[78] of 8 inside[\s\S]*times as long while the release went on",
    "what-if.ipynb": r"fault size matters most \([\d.]+ points\), clearly ahead of \w+",
}


def code_of(path: Path) -> list[nbformat.NotebookNode]:
    """Its code cells."""
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_stored_without_output_and_uses_the_face(path):
    for cell in code_of(path):
        assert [] == cell.outputs
        assert cell.execution_count is None
        assert not re.search(r"\bfrom sim\b|\bimport sim\.", cell.source)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_from_its_first_cell_to_its_last(path):
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()

    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    assert re.search(SAID[path.name], "".join(output.get("text", "") for output in outputs))
    assert any("image/png" in output.get("data", {}) for output in outputs)


def test_there_are_notebooks():
    assert {path.name for path in NOTEBOOKS} == set(SAID)
