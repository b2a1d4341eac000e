"""Seatrial: sea trials for a Kubernetes rollout."""
