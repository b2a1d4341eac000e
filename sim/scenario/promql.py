"""Whether a query can be read at all; what is not simulated is found when somebody asks it."""

from __future__ import annotations

from sim.i18n import Message, message

MOST_CHARACTERS = 4096


def unreadable_query(promql: str) -> Message | None:
    """Why *promql* is none; None if it is."""
    import promql_parser as parser

    if len(promql) > MOST_CHARACTERS:
        return message("this is no PromQL: {why}", why=f"more than {MOST_CHARACTERS} characters")
    try:
        parser.parse(promql)
    except ValueError as error:
        return message("this is no PromQL: {why}", why=str(error))
    return None
