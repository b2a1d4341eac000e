"""The data plane: every request, one by one.

`reference` is the readable specification, plain SimPy; whatever is faster must equal it bit by bit.
"""

from __future__ import annotations

from sim.registry import Registry

PLANES = Registry(
    "plane",
    {
        "kernel": "sim.traffic.kernel.plane:KernelPlane",
        "reference": "sim.traffic.reference:ReferencePlane",
    },
)
