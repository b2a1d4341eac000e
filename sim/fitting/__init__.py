"""Fitting: from what was recorded in production to the traffic and users of a scenario."""
