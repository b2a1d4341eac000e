"""Where a strategy's words come true: one package per backend."""

from __future__ import annotations

from sim.registry import Registry

BACKENDS = Registry("backend", {"simulated": "sim.backends.simulated.backend:SimulatedBackend"})
