"""An analysis that a Rollout asks for, as data: when it runs, of which templates, with which words.

(argoproj/argo-rollouts docs/features/analysis.md; facts 14.7)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Moment(StrEnum):
    """When an analysis runs; the values are the fields of a Rollout."""

    BEFORE_PROMOTION = "prePromotionAnalysis"
    AFTER_PROMOTION = "postPromotionAnalysis"
    BESIDE_THE_STEPS = "analysis"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutAnalysis:
    """*templates* are names of AnalysisTemplates, *args* what their words stand for.

    One beside a canary's steps begins with the step *starting_step*, counted from 0.
    """

    moment: Moment
    templates: tuple[str, ...]
    args: tuple[tuple[str, str], ...] = ()
    starting_step: int = 0
