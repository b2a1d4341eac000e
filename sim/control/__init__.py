"""The control plane on SimPy: an API server's store, and the controllers that work on it.

`plane.ControlPlane` wires them; `store` is the Kubernetes API; `deployment`, `replica_set`,
`scheduler`, `kubelet` and `endpoints` are the controllers; `checks` watches their promises.
"""
