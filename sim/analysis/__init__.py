"""Pure functions of a `Run`: figures, clocks, causes, pictures.

One subject a file; `figures` lists every figure once, with its unit and its definition.
"""
