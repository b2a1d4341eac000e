"""The two groups of an A/B test: counted once more by hand, and told in both languages."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest
from test_app import CJK, page, surroundings, until, words_of

from sim.experiments.watched_ab_test import LOOKS, watch_ab_test
from sim.experiments.window import measured_window
from sim.interfaces.app.drawing.colours import DAY
from sim.interfaces.app.drawing.groups import groups_picture
from sim.interfaces.app.drawing.intervals import intervals_picture
from sim.interfaces.app.tasks.groups import groups, scenario_of
from sim.session import Session

__all__ = ["surroundings"]

USUAL = {
    "assign": "user",
    "old": 10,
    "new": 20,
    "population": 1000,
    "rate": 20,
    "minutes": 2,
    "meant": 50,
    "lost": 0,
    "errors": 0,
    "slower": 1,
    "expected": 0.05,
    "seed": 3,
}


def quiet(done: int, total: int) -> None:
    """Nobody listens."""


@cache
def found(**given: float | str) -> dict:
    """What the task makes of the usual order, unless it is *given* otherwise."""
    return groups({**USUAL, **given}, quiet)


def told(result: dict, language: str = "en") -> str:
    """All remarks, one a line."""
    return "\n".join(one["text"] for one in result["views"][language]["remarks"])


def cells(result: dict, table: str, number: int) -> tuple[str, ...]:
    """One row of a table."""
    return tuple(result["views"]["en"][table]["rows"][number]["cells"])


class Counter:
    """Counts what every user met, one request after the other."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, float, int, int, bool]] = []

    def record(self, attempts, pod_name, versions) -> None:
        """The final attempts, in the order in which they were meant."""
        for n in range(len(attempts.user)):
            if attempts.final[n]:
                self.rows.append(
                    (
                        float(attempts.meant[n]),
                        float(attempts.answered[n]),
                        int(attempts.user[n]),
                        int(attempts.version[n]),
                        int(attempts.cause[n]) != 0,
                    )
                )

    def by_user(self, start: float, end: float) -> dict[int, list[tuple[int, bool]]]:
        """Versions and failures of each user while it lasted."""
        met = defaultdict(list)
        for meant, answered, user, version, failed in sorted(self.rows):
            if meant >= start and answered < end:
                met[user].append((version, failed))
        return met


@pytest.mark.parametrize("assign", ["user", "request"])
def test_the_groups_are_what_a_count_by_hand_makes_them(assign: str) -> None:
    """Users, requests, those who saw both, failures: from the same run, one by one."""
    scenario = scenario_of({**USUAL, "assign": assign, "errors": 5})
    window = measured_window(scenario, ["ABTest"])
    counter = Counter()
    run = Session(
        scenario, "ABTest", 3, window=window, engine="reference", recorder=counter
    ).finish()
    test = run.experiment
    met = counter.by_user(test.start, test.end)
    both = 0.0
    for new, group in ((False, test.a), (True, test.b)):
        mine = [one for one in met.values() if (one[0][0] > 0) is new]
        other = [sum((version > 0) is not new for version, _ in one) for one in mine]
        assert group.users == len(mine)
        assert group.requests == sum(map(len, mine))
        assert group.by_other == sum(other)
        assert group.flipped == sum(count > 0 for count in other)
        assert group.failed_requests == sum(failed for one in mine for _, failed in one)
        assert group.failed.value == pytest.approx(group.failed_requests / group.requests)
        both += sum(1 - 2 * 0.5 ** len(one) for one in mine)
    assert test.unanswered == 0
    assert test.flips_expected == pytest.approx(both)
    assert test.b.failed_requests > 20
    if assign == "request":
        assert test.a.flipped + test.b.flipped == pytest.approx(both, rel=0.1)


def test_by_user_nobody_sees_both_and_by_request_most_do() -> None:
    by_user, by_request = found(), found(assign="request")

    assert by_user["flipped"] == [0, 0]
    assert "✓ Nobody saw both versions" in told(by_user)
    assert sum(by_request["flipped"]) > 0.5 * sum(by_request["users"])
    assert "each request is shared out anew" in told(by_request)
    assert cells(by_user, "who", 0)[1:] == tuple(f"{n:,}" for n in by_user["users"])
    seen = [by_request["users"][n] + by_request["flipped"][1 - n] for n in (0, 1)]
    assert cells(by_request, "who", 2)[1:] == tuple(f"{n:,}" for n in seen)


def test_a_lost_header_breaks_the_split_and_then_nothing_else_is_said() -> None:
    result = found(lost=30)

    assert result["views"]["en"]["remarks"][0]["kind"] == "bad"
    assert "the split is broken" in told(result)
    assert "Conversion" not in told(result)


def test_a_version_that_sells_and_fails_is_both_better_and_warned_of() -> None:
    result = found(errors=5, slower=3)

    assert "Guardrail: requests of B's users fail more often" in told(result)
    assert "Guardrail: requests of B's users take longer" in told(result)
    assert "Guardrail" not in told(found())
    assert "B is better" in told(found())


def test_too_few_users_cannot_tell_and_say_what_they_could_find() -> None:
    result = found(rate=2, population=60, new=10)

    assert "cannot tell, and that is not the same as A" in told(result)
    assert "so many users find a change of +" in told(result)
    assert len(result["looks"]) < LOOKS


def test_the_last_look_is_what_came_of_it() -> None:
    scenario = scenario_of(USUAL)
    window = measured_window(scenario, ["ABTest"])
    watched = watch_ab_test(scenario, 3, window=window, engine="reference", expected=0.05)

    assert watched is not None
    users = [look.users for look in watched.looks]
    assert users == sorted(users)
    test, last = watched.found, watched.looks[-1]
    assert last.users == test.a.users + test.b.users
    gap = test.b.conversions / test.b.users - test.a.conversions / test.a.users
    assert last.gap == pytest.approx(gap)
    for look in watched.looks:
        assert look.valid[0] < look.once[0] < look.gap < look.once[1] < look.valid[1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_groups_are_drawn_and_told_in_one_language(language: str) -> None:
    result = found(assign="request", errors=5)
    drawn = groups_picture(result, DAY, language)
    looks = result["looks"]
    one = {
        "gap": [look["gap"] for look in looks],
        **{
            kind: {
                "low": [look[kind][0] for look in looks],
                "high": [look[kind][1] for look in looks],
            }
            for kind in ("once", "valid")
        },
    }
    users = [look["users"] for look in looks]
    more = intervals_picture(one, users, DAY, language, truth=0.1)
    tables = result["views"][language]["who"], result["views"][language]["did"]
    first = "".join(row["cells"][0] for table in tables for row in table["rows"])

    for text in (drawn.split("font-family", 1)[1], more.split("font-family", 1)[1], first):
        assert bool(CJK.search(text)) == (language == "zh")
    assert all(CJK.search(line) for line in told(result, "zh").splitlines())
    assert drawn.count("<title>") == 2


def test_the_page_runs_the_test_in_a_worker() -> None:
    small = {"population": "300", "rate": "10", "minutes": "1", "tab": "groups"}
    app = page("en", "ab", **small)
    assert not app.exception
    app.button(key="do-groups").click().run()
    until(lambda: "Who is in the groups" in words_of(app.run()) or bool(app.exception), 0.5)

    assert not app.exception
    assert any("ratio check" in one.value for one in app.success)


def test_a_change_of_nothing_is_no_change_to_find() -> None:
    """It was taken for the lowest that may be asked for, -90 %."""
    app = page("en", "ab", lift="0")

    assert any("must not be 0" in one.value for one in app.info)
    assert "What it takes to find a change" not in words_of(app)
    assert "What your traffic can find" in words_of(app)


def test_no_users_are_no_proof_of_a_good_split() -> None:
    app = page("en", "ab", a="0", b="0")

    assert not app.success
    assert any("Too few users to check" in one.value for one in app.info)
