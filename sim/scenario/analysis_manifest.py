"""The analyses of a Rollout: its AnalysisTemplates found, their arguments filled in, and read.

(argoproj/argo-rollouts utils/analysis/helpers.go, NewAnalysisRunFromTemplates)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace

from sim.errors import Problem
from sim.i18n import message
from sim.model.analysis_template import AnalysisTemplate
from sim.scenario.analysis_args import Arguments, arguments, filled
from sim.scenario.analysis_fields import COUNTS, TEMPLATE, TEXTS
from sim.scenario.analysis_spec import Analysis, Background, Promotion
from sim.scenario.findings import Findings
from sim.scenario.manifest import ANALYSIS_TEMPLATES, Manifest, Manifests, is_analysis_template
from sim.scenario.mistakes import part_of
from sim.scenario.node import Mapping, Scalar, Sequence, get
from sim.scenario.own_strategy import Question
from sim.scenario.rollout_fields import misread, without_effect

_QUERY = ("provider", "prometheus", "query")
_NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_METRIC = re.compile(r"metrics\[(\d+)\]")
_PLAIN = re.compile(r"[A-Za-z0-9_ -]*", re.ASCII)  # A pattern that is the text itself.


class Analyses:
    """Reads the analyses of *rollout* one by one; *questions*, *errors*, *warnings* gather."""

    def __init__(self, manifests: Manifests, rollout: Manifest) -> None:
        self.questions: list[Question] = []
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self._rollout = rollout
        self._known = [
            one for one in manifests.objects if is_analysis_template(one.kind, one.api_version)
        ]

    def beside_steps(self, found: Findings) -> AnalysisTemplate | None:
        """The one that is asked while a canary takes its steps."""
        return self._read(found, Background, lenient=True)

    def of_promotion(self, found: Findings) -> AnalysisTemplate | None:
        """One that a promotion waits for."""
        return self._read(found, Promotion, lenient=True)

    def in_step(self, found: Findings) -> AnalysisTemplate | None:
        """One that a step waits for; without its template it would be another step."""
        return self._read(found, Promotion, lenient=False)

    def _read(
        self, found: Findings, model: type[Analysis], *, lenient: bool
    ) -> AnalysisTemplate | None:
        if lenient and not self._known:
            text = message(
                "its AnalysisTemplate is not among the manifests: the release goes on as if the "
                "analysis had succeeded"
            )
            self.warnings.append(found.node.place.problem(text, found.path))
            return None
        notes = Findings(found.node, found.path)
        templates = [Findings(one.node, one.path, notes.problems) for one in self._named(notes)]
        for template in templates:
            notes.problems.extend(misread(template.node, template.path, TEMPLATE))
        if not notes.problems:
            for template in templates:
                self.warnings.extend(without_effect(template.node, template.path, TEMPLATE))
            analysis = self._meant(notes, templates, model)
            if not notes.problems:
                return analysis
        self.errors.extend(notes.problems)
        return None

    def _named(self, found: Findings) -> Iterator[Manifest]:
        """The templates that *found* names, each noted that is not there."""
        for one in found.each("templates"):
            name = one.text("templateName") or ""
            cluster = get(one.node, "clusterScope")
            kind = ANALYSIS_TEMPLATES[isinstance(cluster, Scalar) and cluster.value is True]
            here = [t for t in self._known if t.kind == kind and self._reaches(t)]
            template = next((t for t in here if t.name == name), None)
            if template is not None:
                template.is_asked = True
                yield template
                continue
            known = [t.name for t in here]
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            one.note(
                ("templateName",),
                message("there is no {kind} {name}", kind=kind, name=repr(name)),
                message("did you mean {name}?", name=near[0])
                if near
                else message("known: {known}", known=", ".join(known) or "-"),
            )

    def _reaches(self, template: Manifest) -> bool:
        everywhere = template.kind == ANALYSIS_TEMPLATES[True]
        return everywhere or template.namespace == self._rollout.namespace

    def _meant(
        self, found: Findings, templates: list[Findings], model: type[Analysis]
    ) -> AnalysisTemplate | None:
        """The metrics of all *templates* as one analysis."""
        rollout = self._rollout
        given = arguments(found, templates, rollout.node, rollout.namespace)
        metrics = [one for template in templates for one in template.each("spec", "metrics")]
        dry = [one for part in (found, *templates) for one in self._dry_runs(part)]
        root = Mapping(found.node.place)
        items = [_metric(one, given, dry) for one in metrics]
        root.entries["metrics"] = Sequence(found.node.place, list(items))
        if (step := get(found.node, "startingStep")) is not None:
            root.entries["startingStep"] = step
        if found.problems:
            return None
        read, problems = part_of(model, root)
        paths = [one.path for one in metrics]
        found.problems.extend(_renamed(one, paths, found.path) for one in problems)
        for one, item in zip(metrics, items, strict=True):
            query = item.entries.get("query")
            if isinstance(query, Scalar):
                question = Question(
                    promql=str(query.value), place=query.place, field=one.at(*_QUERY)
                )
                self.questions.append(question)
        return None if read is None else read.meant()

    def _dry_runs(self, found: Findings) -> Iterator[str]:
        """The names of metrics that do not count; `.*` is every one."""
        below = () if found.has("templates") else ("spec",)
        for one in found.each(*below, "dryRun"):
            name = one.text("metricName") or ""
            if name != ".*" and not _PLAIN.fullmatch(name):
                text = message("{found} is no name of a metric", found=repr(name[:60]))
                one.note(("metricName",), text, message("a part of its name, or .* for all"))
            yield "" if name == ".*" else name


def _metric(found: Findings, given: Arguments, dry: list[str]) -> Mapping:
    """One metric as a scenario has it, every part where it was written."""
    made = Mapping(found.node.place)
    for name in (*TEXTS, *COUNTS):
        text = filled(found, (name,), given)
        if text is None:
            continue
        if name in COUNTS and _NUMBER.fullmatch(str(text.value)):
            text = replace(text, value=int(str(text.value)))
        made.entries[name] = text
    if not found.has("provider", "prometheus"):
        found.note(("provider",), message("Prometheus is asked here, and nobody else"))
    elif not found.has(*_QUERY):
        found.note(_QUERY, message("required value"))
    elif (query := filled(found, _QUERY, given)) is not None:
        made.entries["query"] = replace(query, value=str(query.value).strip())
    name = found.text("name") or ""
    if any(part in name for part in dry):
        made.entries["dryRun"] = Scalar(found.node.place, True, "true")
    return made


def _renamed(problem: Problem, paths: list[str], path: str) -> Problem:
    """*problem* at the field as it is called in the manifest."""
    matched = _METRIC.match(problem.field)
    if matched is None:
        return replace(problem, field=f"{path}.{problem.field}" if problem.field else path)
    rest = problem.field[matched.end() :]
    rest = "." + ".".join(_QUERY) if rest == ".query" else rest
    return replace(problem, field=f"spec.{paths[int(matched[1])].partition('spec.')[2]}{rest}")
