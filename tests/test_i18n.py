"""Everything a user reads exists in Chinese, says the same, and is kept out of the code."""

from __future__ import annotations

import ast
import re
import string

from message_ids import ROOT, chinese, extracted, sources

TWO_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
CJK = re.compile("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")


def placeholders(text: str) -> set[str]:
    """The names in braces, without format or conversion."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_sentence_of_the_program_is_in_the_chinese_catalogue() -> None:
    """A sentence that somebody adds to the code must not reach a Chinese reader in English."""
    catalogue = chinese()
    missing = {
        text: place
        for text, place in extracted().items()
        if text not in catalogue or not catalogue[text].string
    }
    assert missing == {}


def test_no_translation_is_marked_as_doubtful() -> None:
    """A fuzzy entry is a guess of a tool; the compiler leaves it out."""
    assert [entry.id for entry in chinese() if entry.id and entry.fuzzy] == []


def test_the_catalogue_has_no_sentence_that_the_program_does_not_say() -> None:
    """Leftovers hide what is still in use."""
    said = extracted()
    assert [entry.id for entry in chinese() if entry.id and entry.id not in said] == []


def test_a_translation_fills_in_the_same_values_as_its_sentence() -> None:
    """A missing or misspelt {name} would be a KeyError in front of a Chinese reader only."""
    different = {
        str(entry.id): str(entry.string)
        for entry in chinese()
        if entry.id and placeholders(str(entry.id)) != placeholders(str(entry.string))
    }
    assert different == {}


def test_every_translation_with_words_has_chinese_in_it() -> None:
    """An English sentence copied into the catalogue is not a translation.

    Names, units and frames that are the same in both languages have no two words in a row.
    """
    untranslated = [
        str(entry.string)
        for entry in chinese()
        if entry.id and TWO_WORDS.search(str(entry.id)) and not CJK.search(str(entry.string))
    ]
    assert untranslated == []


def test_chinese_stands_in_the_catalogue_and_never_in_the_code() -> None:
    """Both languages are data; the code speaks English."""
    places = [
        f"{source.relative_to(ROOT)}:{number}"
        for source in sources()
        for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1)
        if CJK.search(line)
    ]
    assert places == []


def test_a_sentence_is_marked_as_a_literal_so_that_it_can_be_found() -> None:
    """`message(f"…")` would look translated and never be."""
    places = []
    for source in sources():
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            position = {"message": 0, "translate": 1}.get(name)
            if position is None or len(node.args) <= position:
                continue
            if isinstance(node.args[position], ast.JoinedStr | ast.BinOp):
                places.append(f"{source.relative_to(ROOT)}:{node.lineno}")
    assert places == []


def test_chinese_is_set_as_a_printer_would() -> None:
    """A space between Chinese and Latin or figures, none at full-width punctuation, no other.

    What stands in quotes or backticks is code, and a colon may be.
    """
    han = "[\u4e00-\u9fff]"
    stop = "[\uff0c\u3002\uff1b\uff1a\u3001\uff08\uff09]"
    wrong = re.compile(
        rf"{han}[A-Za-z0-9]|[A-Za-z0-9%]{han}|{han}[,;!?()]|[,;!?()]{han}|{stop} | {stop}"
    )
    badly_set = [
        str(entry.string)
        for entry in chinese()
        if entry.id and wrong.search(re.sub(r"`[^`]*`|\"[^\"]*\"", "\u00a7", str(entry.string)))
    ]
    assert badly_set == []
