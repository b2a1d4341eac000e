"""The list of what is simulated is whole: every statement has its proof, or says why not."""

from __future__ import annotations

import re
from importlib import import_module

import fidelity_page
import pytest
from fidelity_page import ROOT, Statement

STATEMENTS = [one for section in fidelity_page.sections() for one in section.statements]
# Sections of the facts sheet that the list must cover, each with all of its parts.
PARTS = {2: 15, 3: 3, 4: 6, 5: 4, 6: 8, 7: 5, 8: 4, 9: 5, 10: 3, 11: 3}


def test_the_page_is_up_to_date() -> None:
    """Run `python tests/fidelity_page.py`."""
    assert fidelity_page.PLACE.read_text("utf-8") == fidelity_page.page()


@pytest.mark.parametrize("one", STATEMENTS, ids=lambda one: one.number)
def test_a_statement_has_its_proof_or_says_why_not(one: Statement) -> None:
    assert bool(one.proof) != bool(one.why_not)
    assert set(one.proof) <= fidelity_page.known_tests()
    assert one.says.endswith(".")


def test_every_section_is_there() -> None:
    numbers = [section.number for section in fidelity_page.sections()]
    expected = [f"{major}.{minor}" for major, many in PARTS.items() for minor in range(1, many + 1)]
    argo = [f"14.{minor}" for minor in range(1, 8)]
    last = ["15", "16.1", "16.2", "16.3", "16.4", "21", "21.1"]
    assert numbers == [*expected, "12", *argo, *last]


@pytest.mark.parametrize(
    ("sections", "least"), [("", 200), (("8.", "9."), 80)], ids=["all", "ingress-nginx and Istio"]
)
def test_so_many_table_rows_belong_to_a_statement(sections: tuple[str, ...], least: int) -> None:
    """Counted as pytest collects them, so that no number is written by hand."""
    chosen = [one for one in STATEMENTS if one.number.startswith(sections)]
    tables = {name for one in chosen for name in one.proof if name.startswith("tables_")}
    rows = 0
    for path in sorted((ROOT / "tests").glob("test_tables_*.py")):
        module = import_module(path.stem)
        for name in fidelity_page.functions_of(path):
            if fidelity_page.cited(path, name) in tables:
                marks = getattr(getattr(module, name), "pytestmark", [])
                sizes = [len(list(m.args[1])) for m in marks if m.name == "parametrize"]
                rows += sizes[0] if sizes else 1
    assert rows >= least


def test_no_sentence_of_the_list_is_written_twice() -> None:
    said = [re.sub(r"\W+", " ", one.says).lower() for one in STATEMENTS]
    assert len(said) == len(set(said))
