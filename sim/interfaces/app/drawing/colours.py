"""Colours of a page: Paul Tol's high-contrast scheme by day, its light sisters by night.

Every colour has a pattern, a word or a place beside it, so that none is needed to understand.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis import palette


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Of the versions (old, new, any later), of failures, of ink and paper, of faint lines."""

    versions: tuple[str, str, str]
    failed: str
    ink: str
    paper: str
    faint: str

    def version(self, number: int) -> str:
        """The colour of version *number*."""
        return self.versions[min(number, 2)]


DAY = Colours(
    versions=(palette.OLD, palette.NEW, palette.LATER),
    failed="#BB1E39",
    ink="#222222",
    paper="#FFFFFF",
    faint="#8A8A8A",
)
NIGHT = Colours(
    versions=("#77AADD", "#EEDD88", "#B9A7D6"),
    failed="#FF7A8A",
    ink="#F2F2F2",
    paper="#14171C",
    faint="#8A8F98",
)


def colours_of(theme: str | None) -> Colours:
    """The colours for a theme, `light` or `dark`."""
    return NIGHT if theme == "dark" else DAY
