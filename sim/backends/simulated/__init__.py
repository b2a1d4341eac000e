"""The simulated backend: control plane and data plane on one clock."""
