"""An experiment's groups: what users of A and of B did, from what they met and the stated model.

Pure functions of a run's users and requests. Whether a user stays and buys is drawn once for each
user, whatever the strategy, so that two runs differ by what their users met only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.judges.ab_conversion import AbConversion
from sim.judges.ab_value import AbValue
from sim.model.asked_share import asked_shares
from sim.model.attempts import FloatArray
from sim.model.conversion import UserBehaviour
from sim.model.demand import Demand
from sim.model.draw_arrays import uniforms
from sim.model.draws import Purpose, Stream
from sim.model.experiment import Experiment, Group
from sim.model.run import AskedShare, Change
from sim.model.version_metrics import VersionMetrics
from sim.model.visitors import Ledger, Visitors
from sim.stats.ratios import ratio_of
from sim.stats.sample_ratio import split_p_value
from sim.stats.two_samples import Moments

ALPHA = 0.05
_STAYS, _CONVERTS, _SPENDS, _DWELLS = range(4)  # What a user's draws are for.


def stretch_of(history: Sequence[Change], now: float) -> AskedShare | None:
    """The last time for which both versions were to have a share, up to *now*."""
    held = [one for one in asked_shares(history, now) if 0.0 < one.percent < 100.0]
    return held[-1] if held else None


def experiment(
    ledger: Ledger, held: AskedShare, model: UserBehaviour, seed: int, alpha: float = ALPHA
) -> Experiment:
    """What came of the share that was *held*, by what *ledger* knows of each user."""
    visitors = ledger.visitors(held.start, held.end)
    did = _deeds(visitors, model, seed)
    a, b = (_group(visitors, did, new=new) for new in (False, True))
    share = held.percent / 100.0
    one, other = (
        VersionMetrics(users=each.users, conversions=each.conversions, value=each.revenue)
        for each in (a, b)
    )
    return Experiment(
        start=held.start,
        end=held.end,
        share_of_b=share,
        a=a,
        b=b,
        split_p_value=split_p_value(a.users, b.users, share),
        conversion=AbConversion(alpha=alpha, share_of_b=share)(one, other),
        revenue=AbValue(alpha=alpha, share_of_b=share)(one, other),
        unanswered=visitors.unanswered,
        flips_expected=_flips_expected(visitors, share),
    )


def _flips_expected(visitors: Visitors, share: float) -> float:
    """How many would have met both versions by lots: of two requests at one half, every other."""
    asked = (visitors.by_old + visitors.by_new).astype(float)
    return float((1.0 - share**asked - (1.0 - share) ** asked).sum())


class _Deeds:
    """What every visitor did, in the order of the visitors."""

    def __init__(
        self, stayed: FloatArray, bought: FloatArray, revenue: FloatArray, dwell: FloatArray
    ) -> None:
        self.stayed = stayed
        self.bought = bought
        self.revenue = revenue
        self.dwell = dwell


def _deeds(visitors: Visitors, model: UserBehaviour, seed: int) -> _Deeds:
    share_of_new = visitors.by_new / (visitors.by_old + visitors.by_new)
    old, new = model.appeal("old"), model.appeal("new")

    def met(field: str) -> FloatArray:
        """A field of the appeal, as mixed as the versions that the user met."""
        first, second = (float(getattr(one, field)) for one in (old, new))
        mixed: FloatArray = first + (second - first) * share_of_new
        return mixed

    every_100_ms = visitors.seconds / visitors.requests * 10.0
    kept = (1.0 - model.lost_per_100_ms) ** every_100_ms
    kept *= (1.0 - model.lost_per_failure) ** visitors.failed
    stream = Stream(seed, Purpose.CONVERSION)
    draws = [uniforms(stream, visitors.user.astype(np.uint64), one) for one in range(4)]
    stayed = draws[_STAYS] < (1.0 - met("bounce")) * kept
    bought = stayed & (draws[_CONVERTS] < met("conversion"))
    return _Deeds(
        stayed=stayed.astype(float),
        bought=bought.astype(float),
        revenue=bought * met("revenue") * _spread(model, draws[_SPENDS]),
        dwell=stayed * met("dwell_seconds") * -np.log(draws[_DWELLS]),
    )


def _spread(model: UserBehaviour, draws: FloatArray) -> FloatArray:
    """Draws of mean 1 that spread as the model's revenue, by inversion."""
    if model.distribution is Demand.CONSTANT:
        return np.ones(len(draws))
    if model.distribution is Demand.EXPONENTIAL:
        return np.asarray(-np.log(draws))
    from scipy.special import ndtri

    variance = np.log(1.0 + model.cv**2)
    return np.asarray(np.exp(np.sqrt(variance) * ndtri(draws) - variance / 2.0))


def _group(visitors: Visitors, did: _Deeds, *, new: bool) -> Group:
    mine = visitors.first_new == new
    others = visitors.by_old if new else visitors.by_new
    requests = visitors.requests[mine].astype(float)
    failed, latency = (
        ratio_of(each[mine].astype(float), requests) for each in (visitors.failed, visitors.seconds)
    )
    users = int(mine.sum())
    return Group(
        version="new" if new else "old",
        users=users,
        flipped=int((others[mine] > 0).sum()),
        left=users - int(did.stayed[mine].sum()),
        conversions=int(did.bought[mine].sum()),
        revenue=_moments(did.revenue[mine]),
        dwell=_moments(did.dwell[mine]),
        requests=int(requests.sum()),
        by_other=int(others[mine].sum()),
        failed_requests=int(visitors.failed[mine].sum()),
        latency_seconds=latency.value,
        failed=failed,
        latency=latency,
    )


def _moments(values: FloatArray) -> Moments:
    n = len(values)
    return Moments(
        n=n,
        mean=float(values.mean()) if n else 0.0,
        variance=float(values.var(ddof=1)) if n > 1 else 0.0,
    )
