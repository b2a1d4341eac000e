"""Manifests and flags that make a comparison small enough for a test."""

from __future__ import annotations

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 2
  progressDeadlineSeconds: 60
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
      - name: web
        image: nginx:1.20
        ports: [{containerPort: 80}]
        readinessProbe:
          httpGet: {path: /, port: 80}
          periodSeconds: 1
"""
# Two mistakes: a misspelt field (line 6) and a number that is none (line 8).
BROKEN = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replcas: 2
  # a comment
  minReadySeconds: many
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
      - name: web
        image: nginx:1.20
"""
WINDOW = ("window.before=5s", "window.settle=5s")
SMALL = ("--rps", "5", "--users", "50", "--image", "web=nginx:1.21")
SMALL += tuple(word for value in WINDOW for word in ("--set", value))
FEW = (*SMALL, "--runs", "2", "--workers", "1")
