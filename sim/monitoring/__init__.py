"""What an operator sees: series of samples, late and coarse, and the queries about them.

series    samples by labels, and when a series has gone stale
promql    the language in which release checks ask
alerting  what a rule says over time: pending, firing, resolved
"""
