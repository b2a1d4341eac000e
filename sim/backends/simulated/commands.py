"""Commands: what a person or a script does to a simulated cluster, carried out at once."""

from __future__ import annotations

from sim.backends.simulated.backend import SimulatedBackend
from sim.faults.reading import fault_written
from sim.model.command import Command, Verb
from sim.model.defaults import pod_template
from sim.model.objects import name_of, namespace_of
from sim.scenario.scenario import Scenario


def carry_out(command: Command, scenario: Scenario, backend: SimulatedBackend) -> None:
    """Do it to the cluster of *backend*, which runs *scenario*.

    Raise a `RolloutError` or a `BackendError` if the cluster refuses it, a `ScenarioError` for a
    fault that does not exist.
    """
    cluster, api = backend.cluster, backend.control_plane.store
    namespace = namespace_of(scenario.deployment)
    name = command.name or name_of(scenario.deployment)
    match command.verb:
        case Verb.RELEASE:
            # Defaulted as the API server does, so that an equal manifest is an equal template.
            given = command.template
            cluster.release(pod_template(given) if given else scenario.release.template)
        case Verb.UNDO:
            cluster.undo(command.revision)
        case Verb.PAUSE:
            cluster.pause()
        case Verb.RESUME:
            cluster.resume()
        case Verb.SCALE:
            cluster.scale(command.replicas or 0)
        case Verb.PATCH:
            patch, kind_of_patch = command.patch or {}, command.patch_type
            api.patch(command.kind, name, patch, namespace, patch_type=kind_of_patch)
        case Verb.DELETE:
            policy = command.propagation_policy
            api.delete(command.kind, name, namespace, propagation_policy=policy)
        case Verb.RESTART:
            cluster.restart()
        case Verb.INJECT:
            known = [one.name for one in scenario.dependencies]
            machines = [node.name for node in scenario.nodes]
            classes = [one.name for one in scenario.classes]
            backend.inject(fault_written(command.fault or "", known, machines, classes))
        case _:
            _carry_out_on_node(command.verb, name, backend)


def _carry_out_on_node(verb: Verb, node: str, backend: SimulatedBackend) -> None:
    control = backend.control_plane
    match verb:
        case Verb.DRAIN:
            control.drain(node)
        case Verb.CORDON | Verb.UNCORDON:
            control.cordon(node, unschedulable=verb is Verb.CORDON)
        case Verb.LOSE_NODE:
            control.lose_node(node)
        case Verb.RETURN_NODE:
            control.return_node(node)
