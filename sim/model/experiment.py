"""What came of an experiment with users: two groups, and what can be said about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sim.model.verdict import Verdict
from sim.stats.ratios import Ratio
from sim.stats.two_samples import Moments


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Users by the version that answered them first while the experiment lasted.

    *flipped* of them were answered by the other version too; *left* bounced. *revenue* and *dwell*
    (seconds) are of every user, those who bought nothing or left at once included. Of *requests*,
    *by_other* were the other version's; *failed* and *latency* (seconds) are per request, with the
    spread that users give them.
    """

    version: str
    users: int
    flipped: int
    left: int
    conversions: int
    revenue: Moments
    dwell: Moments
    requests: int
    by_other: int
    failed_requests: int
    latency_seconds: float
    failed: Ratio
    latency: Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Groups A and B from *start* to *end*, of which B was meant to be *share_of_b*.

    *split_p_value* is how surprising the split of users is (sample-ratio mismatch). *unanswered*
    users came too and met no version; *flips_expected* would have met both if each of their
    requests was shared out anew.
    """

    start: float
    end: float
    share_of_b: float
    a: Group
    b: Group
    split_p_value: float
    conversion: Verdict
    revenue: Verdict
    unanswered: int
    flips_expected: float

    def verdict(self, question: str) -> Verdict:
        """The verdict on `conversion` or on `revenue`."""
        return self.revenue if question == "revenue" else self.conversion


class Analytics(Protocol):
    """Who knows what users did: the product's analytics, not the cluster's monitoring."""

    def experiment(self, alpha: float) -> Experiment | None:
        """What came of the experiment that goes on now; None if nothing is known of users."""
        ...
