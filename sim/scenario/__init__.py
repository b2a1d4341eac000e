"""From files and flags to one resolved scenario, or to every mistake at its line and column.

`load.load` is the way in. Reading goes `source` (bytes to text) → `yaml` and `compose` (text to
trees with places, guarded) → `spec` for scenarios, `strict` and `checks` for manifests →
`resolve`, which puts every number in its place and lists what was assumed.
"""
