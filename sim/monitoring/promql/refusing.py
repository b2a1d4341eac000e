"""What is not answered, by name: better no answer than a wrong one."""

from __future__ import annotations

from sim.errors import QueryError
from sim.i18n import message


def unsupported(what: str) -> QueryError:
    """*what* is PromQL, and not of the part that is modelled."""
    return QueryError(message("{what} is not supported in queries", what=what))


def unreadable(why: str) -> QueryError:
    """The parser's own reason."""
    return QueryError(message("this is no PromQL: {why}", why=why))


def no_result(why: str) -> QueryError:
    """Prometheus refuses it while it evaluates, in its own words."""
    return QueryError(message("the query has no answer: {why}", why=why))
