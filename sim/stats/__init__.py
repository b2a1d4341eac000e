"""Statistics as pure functions of numbers: intervals, tests, sample sizes, always-valid answers.

intervals     Student, Wilson, Newcombe, the binomial tail: what comparisons of runs need
two_samples   Welch's t and two proportions                ranks         Mann-Whitney
power         how many are needed to tell                  sample_ratio  was the split as meant
always_valid  answers that stay true however often one looks
stopping      how many runs are enough                 bootstrap     BCa intervals of means
superiority   how likely one is better: once, on the average
threshold     how often a limit on an error ratio is wrong
ratios        sums over users divided by sums over users
"""

from __future__ import annotations

from sim.stats.intervals import LEVEL as LEVEL
from sim.stats.intervals import Estimate as Estimate
from sim.stats.intervals import Proportion as Proportion
from sim.stats.intervals import all_equal as all_equal
from sim.stats.intervals import binomial_tail as binomial_tail
from sim.stats.intervals import difference as difference
from sim.stats.intervals import mean_interval as mean_interval
from sim.stats.intervals import newcombe as newcombe
from sim.stats.intervals import normal_tail as normal_tail
from sim.stats.intervals import wilson as wilson
