"""What to make of the groups of an A/B test, in sentences: the split, who saw both, the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.i18n import Message, message
from sim.judges.wording import percent, points, probability
from sim.stats.power import POWER, smallest_change
from sim.stats.ratios import difference_of_shares
from sim.stats.sample_ratio import ALARM
from sim.stats.two_samples import two_proportions

if TYPE_CHECKING:
    from sim.model.experiment import Experiment
    from sim.model.objects import JsonObject

MANY_FLIPPED = 0.01  # Of all users: from here on they blur what there is to see.


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A sentence and how serious it is: `good`, `note`, `bad`."""

    kind: str
    text: Message

    def to_json(self, language: str) -> JsonObject:
        """The remark in one language."""
        return {"kind": self.kind, "text": self.text.render(language)}


def remarks(found: Experiment, assign: str) -> list[Remark]:
    """The most important first: whether to believe it, then what it says, then what B breaks."""
    said = [_split(found), _flips(found, assign)]
    if found.split_p_value >= ALARM:
        said.append(_decided(found))
    harm = _harm(found)
    if found.unanswered:
        text = message(
            "{n} users came and no version answered them: they are in no group. If B answers "
            "fewer of its users, the groups are no longer alike.",
            n=f"{found.unanswered:,}",
        )
        said.append(Remark(kind="note", text=text))
    return [*said, *([harm] if harm is not None else [])]


def _split(found: Experiment) -> Remark:
    values = {"p": probability(found.split_p_value), "limit": f"{ALARM:g}"}
    if found.split_p_value < ALARM:
        text = message(
            "✕ Sample-ratio check: the split is broken (p = {p}, alarm below {limit}). Nothing "
            "below can be believed before the reason is found.",
            **values,
        )
        return Remark(kind="bad", text=text)
    text = message(
        "✓ Sample-ratio check: nothing speaks against the split (p = {p}, alarm below {limit}).",
        **values,
    )
    return Remark(kind="good", text=text)


def _flips(found: Experiment, assign: str) -> Remark:
    """How many saw both versions, and whether that is what the assignment would make."""
    flipped = found.a.flipped + found.b.flipped
    share = flipped / max(1, found.a.users + found.b.users)
    values = {"n": f"{flipped:,}", "share": percent(share)}
    if assign == "request":
        text = message(
            "✕ {n} users ({share}) saw both versions, because each request is shared out anew; by "
            "lots {expected} would be expected. They belong to neither group, and what B does "
            "is blurred. Assign by user.",
            expected=f"{found.flips_expected:,.0f}",
            **values,
        )
        return Remark(kind="bad" if share > MANY_FLIPPED else "note", text=text)
    if not flipped:
        text = message("✓ Nobody saw both versions: a user's header decides, and it stays.")
        return Remark(kind="good", text=text)
    text = message(
        "✕ {n} users ({share}) saw both versions although a header decides: look for requests "
        "without it, and for routes that changed meanwhile.",
        **values,
    )
    return Remark(kind="bad" if share > MANY_FLIPPED else "note", text=text)


def _decided(found: Experiment) -> Remark:
    """Which version users take better; never more than the interval says."""
    verdict, a, b = found.conversion, found.a, found.b
    if not a.users or not b.users:
        return Remark(kind="note", text=verdict.reason)
    gap = two_proportions((a.conversions, a.users), (b.conversions, b.users))
    values = {"gap": points(gap.value), "low": points(gap.low), "high": points(gap.high)}
    if verdict.winner is not None:
        text = message(
            "Conversion: {side} is better, by one look at 95 %. B − A is {gap} "
            "percentage points, between {low} and {high}.",
            side=verdict.winner.value,
            **values,
        )
        return Remark(kind="good", text=text)
    text = message(
        "Conversion: cannot tell, and that is not the same as A. B − A is {gap} percentage "
        "points, but may be anything between {low} and {high}{found}.",
        found=_would_find(found),
        **values,
    )
    return Remark(kind="note", text=text)


def _would_find(found: Experiment) -> Message:
    """What so many users would have found: a matter of the plan, not of what came out."""
    a, b = found.a, found.b
    share = (a.conversions + b.conversions) / (a.users + b.users)
    least = smallest_change(share, min(a.users, b.users))
    if least is None:
        return Message("")
    return message(
        "; so many users find a change of {least} percentage points in {power} of experiments",
        least=points(least),
        power=percent(POWER),
    )


def _harm(found: Experiment) -> Remark | None:
    """The guardrail: whether B's users meet more failures, whatever they buy."""
    if not found.a.requests or not found.b.requests:
        return None
    gap, low, high = difference_of_shares(found.a.failed, found.b.failed)
    if low <= 0.0:
        return None
    text = message(
        "✕ Guardrail: requests of B's users fail more often, {gap} percentage points ({low} to "
        "{high}). Whatever the conversion says, look at this first.",
        gap=points(gap),
        low=points(low),
        high=points(high),
    )
    return Remark(kind="bad", text=text)
