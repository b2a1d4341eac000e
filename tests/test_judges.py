"""What judges say about given metrics, and that each of them says it in the same form."""

from __future__ import annotations

from math import inf, isnan, nan

import pytest
from message_ids import compile_chinese

from sim.errors import ScenarioError
from sim.judges import JUDGES
from sim.judges.ab_conversion import AbConversion
from sim.judges.ab_value import AbValue
from sim.judges.error_ratio import ErrorRatio
from sim.judges.error_ratio_growth import ErrorRatioGrowth
from sim.judges.latency import Latency
from sim.judges.latency_growth import LatencyGrowth
from sim.judges.mann_whitney import MannWhitney
from sim.judges.sequential import Sequential
from sim.judges.two_proportion import TwoProportion
from sim.model.analysis import AnalysisPhase
from sim.model.latency_buckets import LatencyBuckets
from sim.model.verdict import Side, Verdict
from sim.model.version_metrics import VersionMetrics
from sim.stats.two_samples import Moments

S, F = AnalysisPhase.SUCCESSFUL, AnalysisPhase.FAILED
UNSURE, ERROR = AnalysisPhase.INCONCLUSIVE, AnalysisPhase.ERROR
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, inf)
NOTHING = VersionMetrics()


def counted(errors: float, requests: float) -> VersionMetrics:
    return VersionMetrics(requests=requests, errors=errors)


def timed(*counts: float) -> VersionMetrics:
    """Latencies by bucket of `BOUNDS`."""
    cumulative = tuple(sum(counts[: n + 1]) for n in range(len(BOUNDS)))
    return VersionMetrics(latency=LatencyBuckets(bounds=BOUNDS, cumulative=cumulative))


def group(conversions: int, users: int) -> VersionMetrics:
    return VersionMetrics(users=users, conversions=conversions)


def worth(n: int, mean: float, variance: float) -> VersionMetrics:
    return VersionMetrics(value=Moments(n=n, mean=mean, variance=variance))


FAST, SLOW = timed(600, 300, 80, 15, 5, 0), timed(100, 200, 300, 300, 100, 0)


@pytest.mark.parametrize("name", list(JUDGES))
def test_every_judge_answers_without_data_that_there_is_none_in_both_languages(name):
    """An empty result must not pass for a good one."""
    compile_chinese()
    judge = JUDGES[name]()
    verdict = judge(NOTHING, NOTHING)

    assert (ERROR, None) == (verdict.phase, verdict.winner)
    for text in (verdict.reason, judge.describe()):
        assert text.render("en")
        assert text.render("zh") != text.render("en")


@pytest.mark.parametrize("name", list(JUDGES))
def test_every_judge_is_pleased_with_twice_the_same_and_plenty_of_it_or_cannot_tell(name):
    same = VersionMetrics(
        requests=100_000.0,
        errors=100.0,
        latency=FAST.latency,
        users=50_000,
        conversions=5_000,
        value=Moments(n=50_000, mean=3.0, variance=2.0),
    )
    verdict = JUDGES[name]()(same, same)
    assert (UNSURE if name.startswith("ab_") else S) == verdict.phase


@pytest.mark.parametrize("name", list(JUDGES))
@pytest.mark.parametrize("missing", ["baseline", "canary"])
def test_no_judge_takes_not_a_number_for_a_good_one(name, missing):
    broken = VersionMetrics(requests=nan, errors=nan)
    good = VersionMetrics(
        requests=1e5,
        errors=100.0,
        latency=FAST.latency,
        users=900,
        conversions=90,
        value=Moments(n=900, mean=3.0, variance=2.0),
    )
    pair = (broken, good) if missing == "baseline" else (good, broken)
    verdict = JUDGES[name]()(*pair)
    looks_at_one = name in ("error_ratio", "latency") and missing == "baseline"
    assert (S if looks_at_one else ERROR) == verdict.phase


def test_a_judge_that_nobody_knows_is_refused_with_the_known_ones():
    with pytest.raises(ScenarioError, match="did you mean sequential"):
        JUDGES["sequentail"]


@pytest.mark.parametrize(
    ("judge", "old", "new", "expected"),
    [
        # The handbook: more than 1 % and we go back; exactly 1 % is not more.
        (ErrorRatio(), NOTHING, counted(1, 100), S),
        (ErrorRatio(), NOTHING, counted(2, 100), F),
        (ErrorRatio(), NOTHING, counted(0, 3), S),
        (ErrorRatio(limit=0.05), NOTHING, counted(4.9, 100.0), S),
        (ErrorRatio(limit=0.05), NOTHING, counted(5.1, 100.0), F),
        (ErrorRatioGrowth(), counted(10, 1000), counted(20, 1000), S),
        (ErrorRatioGrowth(), counted(10, 1000), counted(21, 1000), F),
        (ErrorRatioGrowth(), counted(0, 1000), counted(1, 1000), S),
        (ErrorRatioGrowth(), counted(0, 1000), counted(2, 1000), F),
        (ErrorRatioGrowth(), NOTHING, counted(2, 1000), ERROR),
        # P95 1 s; P95 + 50 %.
        (Latency(), NOTHING, FAST, S),
        (Latency(), NOTHING, SLOW, F),
        (Latency(limit_seconds=2.5), NOTHING, SLOW, ERROR),  # The last finite bucket.
        (LatencyGrowth(), FAST, FAST, S),
        (LatencyGrowth(), FAST, SLOW, F),
        (LatencyGrowth(most_growth=4.0), FAST, SLOW, S),
        (LatencyGrowth(), NOTHING, SLOW, ERROR),
        (TwoProportion(), counted(100, 20_000), counted(60, 2_000), F),
        (TwoProportion(), counted(100, 20_000), counted(11, 2_000), S),
        (TwoProportion(), counted(0, 100), counted(0, 100), UNSURE),  # Too few errors.
        (TwoProportion(tolerance=0.0), counted(500, 20_000), counted(51, 2_000), UNSURE),
        (MannWhitney(), FAST, FAST, S),
        (MannWhitney(), FAST, SLOW, F),
        (MannWhitney(), FAST, timed(3, 2, 1, 1, 0, 0), UNSURE),
        (MannWhitney(most_superiority=0.95), FAST, SLOW, S),
        (Sequential(), counted(100, 20_000), counted(60, 2_000), F),
        (Sequential(), counted(100, 200_000), counted(10, 20_000), S),
        (Sequential(), counted(10, 2_000), counted(1, 100), UNSURE),
    ],
)
def test_a_release_is_judged_as_its_numbers_are(judge, old, new, expected):
    assert expected == judge(old, new).phase


def test_different_buckets_cannot_be_ranked():
    other = VersionMetrics(latency=LatencyBuckets(bounds=(1.0, inf), cumulative=(50.0, 60.0)))
    assert ERROR == MannWhitney()(FAST, other).phase


@pytest.mark.parametrize(
    ("judge", "a", "b", "expected"),
    [
        (AbConversion(), group(1000, 10_000), group(1150, 10_000), Side.B),
        (AbConversion(), group(1150, 10_000), group(1000, 10_000), Side.A),
        (AbConversion(), group(1000, 10_000), group(1010, 10_000), None),
        (AbConversion(), group(500, 10_000), group(650, 11_000), None),  # A broken split.
        (AbConversion(share_of_b=0.1), group(9000, 90_000), group(1150, 10_000), Side.B),
        (AbConversion(always_valid=True), group(1000, 10_000), group(1150, 10_000), None),
        (AbConversion(always_valid=True), group(1000, 10_000), group(1500, 10_000), Side.B),
        (AbValue(), worth(2_000, 10.0, 25.0), worth(2_000, 10.5, 25.0), Side.B),
        (AbValue(), worth(2_000, 10.5, 25.0), worth(2_000, 10.0, 25.0), Side.A),
        (AbValue(), worth(2_000, 10.0, 25.0), worth(2_000, 10.1, 25.0), None),
        (AbValue(), worth(20, 10.0, 1.0), worth(20, 20.0, 1.0), None),  # Too few.
        (AbValue(), worth(200, 10.0, 0.0), worth(200, 20.0, 0.0), None),
        (AbValue(), worth(2_000, 10.0, 25.0), worth(2_500, 11.0, 25.0), None),
        (
            AbValue(expected_difference=0.5),
            worth(2_000, 10.0, 25.0),
            worth(2_000, 10.45, 25.0),
            None,
        ),
        (
            AbValue(expected_difference=0.5),
            worth(2_000, 10.0, 25.0),
            worth(2_000, 10.8, 25.0),
            Side.B,
        ),
    ],
)
def test_an_experiment_has_a_winner_or_cannot_tell(judge, a, b, expected):
    verdict = judge(a, b)
    phases = {Side.B: S, Side.A: F, None: UNSURE}
    assert (expected, phases[expected]) == (verdict.winner, verdict.phase)


def test_the_handbook_s_ten_users_a_group_are_inconclusive_and_the_reason_is_shown():
    """6 and 9 of ten: the handbook's function recommends A for want of proof; A is not proved."""
    a = [1, 0, 1, 1, 0, 1, 0, 1, 1, 0]
    b = [1, 1, 1, 1, 0, 1, 1, 1, 1, 1]
    verdict = AbConversion()(group(sum(a), 10), group(sum(b), 10))

    assert (UNSURE, None) == (verdict.phase, verdict.winner)
    assert (
        "A converts 60% of 10 users, B 90% of 10: too few to tell, for each group needs at least 5 "
        "who converted and 5 who did not; to find such a difference in 80% of trials takes 32 "
        "users in each group" == verdict.reason.render("en")
    )
    by_value = AbValue()(VersionMetrics(value=Moments.of(a)), VersionMetrics(value=Moments.of(b)))
    assert (UNSURE, None) == (by_value.phase, by_value.winner)


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.5, 0.25 / 3), (0.8, 0.1 + 0.4 * 20 / 30), (0.95, 0.5), (0.6, 0.1), (0.0, 0.0)],
)
def test_a_quantile_is_read_off_buckets_as_prometheus_does(share, expected):
    """Bounds 0.1, 0.5 and infinity with 60, 90 and 100."""
    buckets = LatencyBuckets(bounds=(0.1, 0.5, inf), cumulative=(60.0, 90.0, 100.0))
    assert expected == pytest.approx(buckets.quantile(share))


@pytest.mark.parametrize(
    ("bounds", "cumulative", "share", "expected"),
    [
        ((0.1, 0.5), (60.0, 90.0), 0.5, nan),  # No infinite bucket.
        ((inf,), (60.0,), 0.5, nan),  # Fewer than two.
        ((0.1, inf), (0.0, 0.0), 0.5, nan),  # No observations.
        ((0.1, inf), (1.0, 2.0), -0.1, -inf),
        ((0.1, inf), (1.0, 2.0), 1.1, inf),
        ((0.1, inf), (1.0, 2.0), nan, nan),
        ((0.1, 0.5), (1.0, 2.0), 1.1, inf),  # The share is looked at first.
        ((-1.0, 0.5, inf), (10.0, 10.0, 10.0), 0.5, -1.0),  # The first bound is not above 0.
        ((0.1, 0.5, inf), (60.0, 50.0, 100.0), 0.6, 0.1),  # Counts are made to rise.
    ],
)
def test_a_quantile_of_unusual_buckets_is_prometheus_s(bounds, cumulative, share, expected):
    found = LatencyBuckets(bounds=bounds, cumulative=cumulative).quantile(share)
    assert found == expected or (isnan(found) and isnan(expected))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ErrorRatio(limit=1.0),
        lambda: ErrorRatioGrowth(most_growth=-1.0),
        lambda: Latency(share=1.0),
        lambda: LatencyGrowth(share=0.0),
        lambda: TwoProportion(alpha=0.6),
        lambda: MannWhitney(most_superiority=0.4),
        lambda: Sequential(alpha=0.0),
        lambda: AbConversion(share_of_b=1.0),
        lambda: AbValue(expected_difference=0.0),
        lambda: LatencyBuckets(bounds=(1.0, 0.5), cumulative=(1.0, 2.0)),
        lambda: Verdict(phase=AnalysisPhase.RUNNING, reason=ErrorRatio().describe()),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must|not"):
        wrong()
