"""What the command line's parser refuses, said in the reader's language.

The parser's library speaks English only, and its error classes are told apart by what they carry:
an option's name, a parameter, a sentence of a known form.
"""

from __future__ import annotations

import re
from typing import Any

from sim.i18n import Message, message

_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"No such command '(?P<name>.*?)'\. Did you mean (?P<near>.*)\?"),
        message("there is no command {name}; did you mean {near}?").text,
    ),
    (
        re.compile(r"No such command '(?P<name>.*?)'"),
        message("there is no command {name}").text,
    ),
    (re.compile(r"Missing command\."), message("a command is missing").text),
    (
        re.compile(r"Option '(?P<name>.*?)' requires an argument\."),
        message("option {name} needs a value").text,
    ),
    (
        re.compile(r"Option '(?P<name>.*?)' does not take a value\."),
        message("option {name} takes no value").text,
    ),
    (
        re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((?P<name>.*)\)"),
        message("unexpected argument: {name}").text,
    ),
)


def explain_usage(error: Any) -> Message:
    """What is wrong with the command line, from the parser's own *error*."""
    text = str(error.format_message())
    name = getattr(error, "option_name", None)
    if name and "No such option" in text:
        near = getattr(error, "possibilities", None)
        if near:
            return message(
                "there is no option {name}; did you mean {near}?", name=name, near=near[0]
            )
        return message("there is no option {name}", name=name)
    param = getattr(error, "param", None)
    if param is not None and text.startswith("Missing"):
        return message("{name} is missing", name=_called(param))
    if param is not None:
        return Message("{name}: {text}", {"name": _called(param), "text": _value(param, error)})
    for pattern, sentence in _FORMS:
        if found := pattern.match(text):
            return Message(sentence, found.groupdict())
    return Message("{text}", {"text": text})


def _called(param: Any) -> str:
    if param.param_type_name == "argument":
        return str(param.metavar or param.name.upper())
    return str(max(param.opts, key=len))


def _value(param: Any, error: Any) -> Message:
    """What is wrong with one value; numbers are the only values that the parser itself checks."""
    text = str(error.message)
    if not re.search(r"integer|range|greater|less", text):
        return Message("{text}", {"text": text})
    least = getattr(param, "min", None)
    most = getattr(param, "max", None)
    if least is None:
        return message("a whole number is needed")
    if most is not None:
        return message("a whole number is needed, from {least} to {most}", least=least, most=most)
    return message("a whole number is needed, at least {least}", least=least)
