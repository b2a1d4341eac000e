"""Dependencies as a scenario says them: names, numbers, assumptions, faults, and every mistake."""

from __future__ import annotations

import pytest
from test_scenario import DEPLOYMENT, HEAD

from sim.errors import ScenarioError
from sim.faults import FAULTS
from sim.faults.latency import Latency
from sim.faults.reading import faults_of
from sim.model.behaviour import Demand
from sim.model.dependency import Call, Dependency
from sim.model.span import Span
from sim.model.unreadable import Unreadable
from sim.scenario.fault_checks import OF_A_DEPENDENCY
from sim.scenario.load import load
from sim.scenario.scenario import Scenario

SHOP = """\
dependencies:
  database: {latency: 20ms, distribution: lognormal, cv: 2, capacity: 10}
  payment: {errors: 1%}
versions:
  old:
    calls:
      payment: {share: 10%, timeout: 500ms}
      database: {}
"""


@pytest.fixture
def shop(tmp_path):
    """Loads a scenario whose spec is the given text."""

    def loaded(spec: str = SHOP, **given) -> Scenario:
        text = "".join(f"  {line}\n" for line in spec.splitlines())
        (tmp_path / "deployment.yaml").write_text(DEPLOYMENT, encoding="utf-8")
        (tmp_path / "scenario.yaml").write_text(
            f"{HEAD}spec:\n  manifests: [deployment.yaml]\n{text}", encoding="utf-8"
        )
        return load([tmp_path], **given)

    return loaded


def test_dependencies_and_calls_keep_the_order_of_the_file(shop):
    found = shop()

    assert found.dependencies == (
        Dependency(
            name="database",
            latency_seconds=0.02,
            demand=Demand.LOGNORMAL,
            demand_cv=2.0,
            capacity=10,
        ),
        Dependency(name="payment", error_ratio=0.01),
    )
    old = next(one.behaviour for one in found.versions if one.name == "old")
    assert old.calls == (
        Call(dependency=1, share=0.1, timeout_seconds=0.5),
        Call(dependency=0, share=1.0, timeout_seconds=2.0),
    )


def test_the_release_calls_what_the_old_version_calls_unless_it_names_its_own_calls(shop):
    def calls_of_new(spec: str) -> tuple[Call, ...]:
        return next(one.behaviour.calls for one in shop(spec).versions if one.name == "new")

    assert 2 == len(calls_of_new(SHOP))
    assert (Call(dependency=0),) == calls_of_new(SHOP + "  new: {calls: {database: {}}}\n")
    assert () == calls_of_new(SHOP + "  new: {calls: {}}\n")


def test_a_workload_brings_its_dependencies(shop):
    from sim.model.run import Window

    window = Window(start=0.0, first_write=1.0, end=2.0)
    assert ["database", "payment"] == [
        one.name for one in shop().workload(window, 0.0).dependencies
    ]


def test_everything_about_a_dependency_is_in_the_table_of_assumptions(shop):
    rows = {
        one.field: (one.value, one.origin)
        for one in shop(SHOP + "  new: {calls: {database: {}}}\n").assumptions
        if "database" in one.field or "payment" in one.field
    }

    assert rows == {
        "dependencies.database.latency": ("20ms", "given"),
        "dependencies.database.distribution": ("lognormal", "given"),
        "dependencies.database.cv": ("2", "given"),
        "dependencies.database.capacity": ("10", "given"),
        "dependencies.database.errors": ("0%", "assumed"),
        "dependencies.payment.latency": ("10ms", "assumed"),
        "dependencies.payment.distribution": ("exponential", "assumed"),
        "dependencies.payment.capacity": ("50", "assumed"),
        "dependencies.payment.errors": ("1%", "given"),
        "versions.old.calls.payment.share": ("10%", "given"),
        "versions.old.calls.payment.timeout": ("500ms", "given"),
        "versions.old.calls.database.share": ("100%", "assumed"),
        "versions.old.calls.database.timeout": ("2s", "assumed"),
        "versions.new.calls.database.share": ("100%", "assumed"),
        "versions.new.calls.database.timeout": ("2s", "assumed"),
    }


def test_flags_can_name_a_dependency_and_its_callers(shop):
    found = shop(
        "", overrides=["dependencies.database.capacity=7", "versions.old.calls.database.share=50%"]
    )

    assert [("database", 7)] == [(one.name, one.capacity) for one in found.dependencies]
    assert [(0, 0.5)] == [(one.dependency, one.share) for one in found.versions[0].behaviour.calls]


def test_what_a_scenario_does_not_say_about_dependencies_changes_no_fingerprint(shop):
    """And what it does say changes it."""
    said = [
        "",
        "dependencies: {}",
        "dependencies: {database: {}}",
        "dependencies: {database: {capacity: 7}}",
        "dependencies: {database: {}}\nversions: {old: {calls: {database: {}}}}",
    ]
    digests = [shop(spec).digest for spec in said]

    assert digests[0] == digests[1]
    assert 4 == len(set(digests))
    assert "dependencies" not in shop("").understood()
    assert "calls" not in shop("").understood()["versions"][0]


def test_a_dependency_that_nobody_calls_is_worth_a_warning(shop):
    found = shop(SHOP.replace("      payment: {share: 10%, timeout: 500ms}\n", ""))

    assert ["no version calls the dependency 'payment'"] == [
        str(one.message) for one in found.warnings if "dependency" in str(one.message)
    ]


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        ("lock:databse:40s..70s", "did you mean database?"),
        ("outage:cache:40s", "known: database, payment"),
        ("latency:old:3x", "known: database, payment"),
        ("errors:new:3%", "known: database, payment"),
    ],
)
def test_a_fault_of_an_unknown_dependency_is_refused_with_the_known_names(shop, fault, hint):
    with pytest.raises(ScenarioError, match="there is no dependency") as refused:
        shop(faults=[fault])

    assert hint in str(refused.value)


def test_a_fault_of_a_dependency_where_there_is_none_says_how_to_name_one(shop):
    with pytest.raises(ScenarioError, match=r"who calls it under versions\.old\.calls"):
        shop("", faults=["lock:database:40s"])


def test_a_fault_of_a_version_cannot_name_a_dependency(shop):
    with pytest.raises(ScenarioError, match="no pod template will be called 'database'"):
        shop(faults=["slow:database:3x"])


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("lock:database:70s..40s", "runs backwards"),
        ("lock:database:40s..40s", "lasts no time"),
        ("outage:database:40", "is not a duration"),
        ("latency:database:40s..70s", "is not a factor"),
        ("latency:database:3x@", "is not a duration"),
        ("errors:database:5%@x", "is not a duration"),
        ("errors:database:500%", "more than everything"),
    ],
)
def test_a_fault_that_cannot_be_read_shows_one_that_can(shop, fault, wrong):
    with pytest.raises(ScenarioError, match=wrong) as refused:
        faults_of(shop(faults=[fault]).faults)

    assert f"write it like {fault.partition(':')[0]}:database:" in str(refused.value)


def test_the_faults_that_are_about_a_dependency_are_known_as_such():
    about = {kind for kind in FAULTS if "dependency" in FAULTS[kind].__dataclass_fields__}

    assert set(OF_A_DEPENDENCY) == about


def test_a_span_is_read_and_told():
    assert Span(start=40.0, end=70.0) == Span.parse("40s..70s")
    assert Span(start=40.0) == Span.parse("40s")
    assert "from 40 s to 70.5 s" == str(Span.parse("40s..70.5s").describe())
    assert "from 40 s on" == str(Span.parse("40s").describe())
    assert "all the time" == str(Span().describe())
    with pytest.raises(Unreadable):
        Span.parse("..70s")


def test_a_fault_says_what_it_does():
    always = Latency.parse("database", "3x")

    assert Span() == always.span
    assert "database takes 3 times as long for a call, all the time" == str(always.describe())
