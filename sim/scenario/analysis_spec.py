"""What a scenario says of analyses: Argo Rollouts' fields of a metric, and the judges' limits."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator
from pydantic.alias_generators import to_camel

from sim.i18n import message
from sim.model.analysis import AnalysisMetric
from sim.model.analysis_template import WINDOW_SECONDS, AnalysisTemplate, Check
from sim.model.condition import Condition
from sim.model.unreadable import Unreadable
from sim.scenario.promql import unreadable_query
from sim.scenario.words import Duration, Share, Strict

Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Limit = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
# -1 switches it off, as there.
FailureLimit = Annotated[int, Field(strict=True, ge=-1, le=1_000_000)]


def _condition(text: str) -> str:
    Condition(text)  # Raises `Unreadable`.
    return text


def _query(text: str) -> str:
    if (why := unreadable_query(text)) is not None:
        raise Unreadable(why)
    return text


Query = Annotated[str, Field(min_length=1), AfterValidator(_query)]
Asked = Annotated[str, AfterValidator(_condition)]


class ErrorRatio(Strict):
    """More than *limit* of the requests are errors."""

    limit: Share | None = None


class ErrorRatioGrowth(Strict):
    """The error ratio has grown by more than *mostGrowth* of the old version's."""

    most_growth: Share | None = None
    ignored: Share | None = None


class Latency(Strict):
    """The *share* that is fastest takes longer than *limit*."""

    share: Share | None = None
    limit: Duration | None = None


class LatencyGrowth(Strict):
    """The latency of the *share* that is fastest has grown by more than *mostGrowth*."""

    share: Share | None = None
    most_growth: Share | None = None


class Test(Strict):
    """A test of the error ratios, wrong in *alpha* of the cases."""

    alpha: Share | None = None
    tolerance: Share | None = None


class MannWhitney(Strict):
    """A test of the latencies."""

    alpha: Share | None = None
    most_superiority: Share | None = None


class Judge(Strict):
    """Who judges: exactly one, by the name of its kind."""

    error_ratio: ErrorRatio | None = None
    error_ratio_growth: ErrorRatioGrowth | None = None
    latency: Latency | None = None
    latency_growth: LatencyGrowth | None = None
    two_proportion: Test | None = None
    mann_whitney: MannWhitney | None = None
    sequential: Test | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Judge:
        if len([name for name in self.model_fields_set if getattr(self, name) is not None]) != 1:
            raise Unreadable(
                message("a metric has exactly one judge"),
                message("for example {example}", example="judge: {errorRatio: {limit: 1%}}"),
            )
        return self

    def meant(self) -> tuple[str, tuple[tuple[str, float], ...]]:
        """Its name in the table, and its settings by the names of its fields."""
        (name,) = (one for one in self.model_fields_set if getattr(self, one) is not None)
        entry = getattr(self, name)
        given = {field: getattr(entry, field) for field in sorted(entry.model_fields_set)}
        if name == "latency" and "limit" in given:
            given["limit_seconds"] = given.pop("limit")
        return name, tuple((field, to) for field, to in given.items() if to is not None)


class Metric(Strict):
    """One metric: a judge, or a query and conditions; and how often it is measured."""

    name: Annotated[str, Field(min_length=1, max_length=63)]
    judge: Judge | None = None
    window: Duration = WINDOW_SECONDS
    query: Query | None = None
    success_condition: Asked | None = None
    failure_condition: Asked | None = None
    interval: Duration | None = None
    initial_delay: Duration = 0.0
    count: Count | None = None
    failure_limit: FailureLimit = 0
    inconclusive_limit: Limit = 0
    consecutive_error_limit: Limit = 4
    consecutive_success_limit: Limit = 0
    dry_run: bool = False

    @model_validator(mode="after")
    def _asks_somebody(self) -> Metric:
        if (self.judge is None) == (self.query is None):
            raise Unreadable(
                message("a metric has exactly one of judge and query"),
                message("for example {example}", example="judge: {errorRatio: {limit: 1%}}"),
            )
        asked = self.model_fields_set & {"success_condition", "failure_condition"}
        if asked and self.query is None:
            raise Unreadable(
                message("{field} needs a query", field=to_camel(min(asked))),
                message("a judge has limits of its own"),
            )
        if self.window <= 0:
            raise Unreadable(
                message("{field} must be longer than nothing", field="window"),
                message("for example 5s"),
            )
        if self.interval is not None and self.interval < 0.1:
            raise Unreadable(
                message("{field} is too short", field="interval"), message("at least 100ms")
            )
        if self.interval is None and (self.count or 1) > 1:
            raise Unreadable(
                message("interval must be given to measure {count} times", count=self.count or 1),
                message("for example {example}", example="interval: 30s"),
            )
        return self

    @property
    def is_endless(self) -> bool:
        """Whether it is measured without end, unless it fails."""
        limited = self.count is not None or self.consecutive_success_limit > 0
        return self.interval is not None and not limited

    def meant(self) -> Check:
        """The check as a strategy takes it."""
        judge, limits = ("", ()) if self.judge is None else self.judge.meant()
        fields: dict[str, Any] = {
            "initial_delay_seconds": self.initial_delay,
            "interval_seconds": self.interval,
        }
        for name in (
            *("name", "count", "failure_limit", "inconclusive_limit", "dry_run"),
            *("consecutive_error_limit", "consecutive_success_limit"),
        ):
            fields[name] = getattr(self, name)
        return Check(
            metric=AnalysisMetric(**fields),
            judge=judge,
            limits=limits,
            window_seconds=self.window,
            query=self.query or "",
            success=None if self.success_condition is None else Condition(self.success_condition),
            failure=None if self.failure_condition is None else Condition(self.failure_condition),
        )


class Analysis(Strict):
    """Metrics that must all be good."""

    metrics: Annotated[list[Metric], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _names_differ(self) -> Analysis:
        names = [metric.name for metric in self.metrics]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise Unreadable(
                message("two metrics are called {name}", name=repr(twice)),
                message("give each a name of its own"),
            )
        return self

    def meant(self) -> AnalysisTemplate:
        """The analysis as a strategy takes it."""
        return AnalysisTemplate(checks=tuple(metric.meant() for metric in self.metrics))


class Promotion(Analysis):
    """An analysis that is waited for."""

    @model_validator(mode="after")
    def _comes_to_an_end(self) -> Promotion:
        endless = next((metric.name for metric in self.metrics if metric.is_endless), None)
        if endless is not None:
            raise Unreadable(
                message("metric {name} is measured without end", name=repr(endless)),
                message("count: how often it is measured until it is good"),
            )
        return self


class Background(Analysis):
    """An analysis beside a canary's steps, from number *startingStep* on."""

    starting_step: Annotated[int, Field(strict=True, ge=0, le=100)] = 0

    def meant(self) -> AnalysisTemplate:
        """The analysis as a strategy takes it."""
        checks = tuple(metric.meant() for metric in self.metrics)
        return AnalysisTemplate(checks=checks, starting_step=self.starting_step)
