"""Who decides about a new version, from what the monitoring has of it and of the old one.

A judge is called with two `VersionMetrics` and answers with a `Verdict` and its reason; an
`analysis_run` asks one again and again, as an AnalysisTemplate says.

    error_ratio, latency                    limits, the same for every baseline
    error_ratio_growth, latency_growth      limits relative to the baseline
    two_proportion, mann_whitney            tests that are made once, at the end
    sequential                              a test that may be made after every scrape
    ab_conversion, ab_value                 experiments: A, B, or cannot tell
"""

from __future__ import annotations

from sim.registry import Registry

JUDGES = Registry(
    "judge",
    {
        "error_ratio": "sim.judges.error_ratio:ErrorRatio",
        "error_ratio_growth": "sim.judges.error_ratio_growth:ErrorRatioGrowth",
        "latency": "sim.judges.latency:Latency",
        "latency_growth": "sim.judges.latency_growth:LatencyGrowth",
        "two_proportion": "sim.judges.two_proportion:TwoProportion",
        "mann_whitney": "sim.judges.mann_whitney:MannWhitney",
        "sequential": "sim.judges.sequential:Sequential",
        "ab_conversion": "sim.judges.ab_conversion:AbConversion",
        "ab_value": "sim.judges.ab_value:AbValue",
    },
)
