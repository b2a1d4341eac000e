"""Values and pure arithmetic: Kubernetes objects, behaviours, draws, causes, and `Run`.

Nothing here knows a clock, a file or a random generator. Import from the files themselves; each
is named by its noun.
"""
