"""What the command says about itself, in two languages, and how it refuses a bad command line."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from command_line import WORDS, call, environment, finish

from sim.interfaces.help_page import width_of, wrap
from sim.interfaces.terminal import asked_language

CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
COMMANDS = ("compare", "sweep", "run", "validate")
# What only the parser's library could have said.
LIBRARY_WORDS = ("Usage", "Options", "Commands", "Arguments", "Show this message", "default:")


def test_help_names_every_subcommand() -> None:
    """The first thing anybody tries."""
    shown = call("--help")
    assert shown.exit_code == 0
    assert [name for name in COMMANDS if f"\n  {name} " in shown.stdout] == list(COMMANDS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_in_chinese_leaves_no_english_sentence(command: str) -> None:
    """Flags, names and examples stay; the library's own words do not."""
    shown = call(*filter(None, [command]), "--help", "--lang", "zh")
    assert shown.exit_code == 0
    assert CJK.search(shown.stdout)
    assert [word for word in LIBRARY_WORDS if word in shown.stdout] == []
    options = [line for line in shown.stdout.splitlines() if line.startswith("  -")]
    assert options


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_in_english_has_no_chinese(command: str) -> None:
    """Neither language leaks into the other."""
    shown = call(*filter(None, [command]), "--help", "--lang", "en", SEATRIAL_LANG="zh")
    assert shown.exit_code == 0
    assert CJK.search(shown.stdout) is None


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_into_eighty_columns(command: str, language: str) -> None:
    """Wide characters count twice."""
    shown = call(*filter(None, [command]), "--help", "--lang", language, COLUMNS="80")
    assert [line for line in shown.stdout.splitlines() if width_of(line) > 80] == []


def test_wide_characters_break_anywhere_but_never_before_their_punctuation() -> None:
    """A line of Chinese has no blanks to break at."""
    text = "\u6eda\u52a8\u66f4\u65b0\uff0c\u5c31\u7eea\u3002pod"
    assert list(wrap(text, 8)) == [
        "\u6eda\u52a8\u66f4",
        "\u65b0\uff0c\u5c31",
        "\u7eea\u3002pod",
    ]
    assert list(wrap("one two three", 7)) == ["one two", "three"]


def test_the_flag_for_the_language_counts_wherever_it_stands() -> None:
    """Before or after the subcommand, with or without an equals sign."""
    assert asked_language(["--lang", "zh", "compare"]) == "zh"
    assert asked_language(["compare", "x.yaml", "--lang=zh"]) == "zh"
    assert asked_language(["compare", "--lang=en", "--", "--lang=zh"]) == "en"


def test_the_language_comes_from_the_environment_without_a_flag() -> None:
    """A Chinese locale is enough."""
    assert CJK.search(finish("--help", SEATRIAL_LANG="", LC_ALL="zh_CN.UTF-8").stdout)
    assert CJK.search(finish("--help", SEATRIAL_LANG="", LC_ALL="C.UTF-8").stdout) is None


FROM_TWO = "a whole number is needed, from 2 to 10000"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("compare", "--zzz", "x.yaml"), "there is no option --zzz"),
        (("compare", "x.yaml", "--sed", "3"), "there is no option --sed; did you mean --seed?"),
        (("compair",), "there is no command compair; did you mean 'compare'?"),
        (("compare",), "SOURCE is missing"),
        (("compare", "x.yaml", "--runs"), "option --runs needs a value"),
        (("compare", "x.yaml", "--runs", "many"), f"--runs: {FROM_TWO}"),
        (("compare", "x.yaml", "--runs", "1"), f"--runs: {FROM_TWO}"),
        (
            ("compare", "x.yaml", "--workers", "0"),
            "--workers: a whole number is needed, at least 1",
        ),
        (("run", "x.yaml", "--seed", "2.5"), "--seed: a whole number is needed"),
        (("--lang", "fr", "compare", "x"), "--lang: no language fr; known: zh, en"),
    ],
)
def test_a_bad_command_line_is_refused_with_one_sentence(
    words: tuple[str, ...], sentence: str
) -> None:
    """Exit code 2, on standard error, and what to do next."""
    shown = call(*words)
    assert shown.exit_code == 2
    assert shown.stdout == ""
    assert f"seatrial: error: {sentence}\n" in shown.stderr


def test_a_bad_command_line_is_refused_in_chinese_too() -> None:
    """The library speaks English only; we do not."""
    shown = call("compare", "--frob", "--lang", "zh")
    assert shown.exit_code == 2
    assert [line for line in shown.stderr.splitlines() if not CJK.search(line)] == []


def test_without_any_words_the_help_page_says_what_to_do() -> None:
    """Exit code 2, as for any other command line that asks for nothing."""
    shown = call()
    assert shown.exit_code == 2
    assert "compare" in shown.stderr


def test_the_version_is_that_of_the_package() -> None:
    """From one place only."""
    import sim

    assert call("--version").stdout == f"seatrial {sim.__version__}\n"


def test_help_loads_nothing_heavy(capsys: pytest.CaptureFixture[str]) -> None:
    """What `--help` imports decides how long it takes; the time itself is printed, not judged."""
    heavy = ("numpy", "scipy", "pydantic", "matplotlib", "simpy", "ruamel", "rich", "lightkube")
    check = f"import sys; sys.argv = ['seatrial', '--help']\ntry:\n    {WORDS}\n"
    check += "except SystemExit:\n    pass\n"
    check += f"print([name for name in {heavy!r} if name in sys.modules])"
    code = check.replace(WORDS, WORDS.replace("; ", "\n    "))
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
    )
    with capsys.disabled():
        print(f" [help: {time.perf_counter() - begun:.2f} s] ", end="")
    assert done.stdout.splitlines()[-1] == "[]"
