"""PromQL for what release checks ask: parsed by `promql-parser`, evaluated as Prometheus 3 does.

What is not understood is refused by name; nothing is ever answered approximately.

    evaluate    an expression at a moment             selecting   series by their labels
    counting    rate, increase, delta, irate          over_time   one series over a window
    quantiles   histogram_quantile                    grouping    sum, avg … by and without
    binary      arithmetic, comparison, and sets      matching    which series belong together
    refusing    what is not answered
"""
