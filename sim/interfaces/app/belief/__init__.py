"""Reasons to believe it: theory, claims of the handbook, what is modelled and what is not."""
