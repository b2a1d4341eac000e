"""Giving a release up and going back: each noted in the objects, so that it may be said again."""

from __future__ import annotations

from sim.cluster import BY_HAND, Cluster
from sim.model.given_up import GIVEN_UP, GivenUp, Why, missing
from sim.model.objects import annotations_of
from sim.model.revision import REVERTED
from sim.model.template_hash import template_hash


def give_up(
    cluster: Cluster, track: str = "", wanted: int = 0, seconds: float = 0.0, *, analysis: str = ""
) -> None:
    """Note why the release is given up; what was noted first stays.

    The *track* has fewer than *wanted* pods after *seconds*, or an *analysis* was not successful;
    without either, somebody said so. A pause of the release ends with it: nobody is to go on.
    """
    if cluster.is_paused and BY_HAND in annotations_of(cluster.deployment()).values():
        cluster.resume()
    if is_given_up(cluster):
        return
    found = GivenUp(why=Why.ANALYSIS if analysis else Why.COMMAND, analysis=analysis)
    if track:
        name, available = cluster.tracks.name(track), cluster.sizes(track).available
        found = missing(name, available, wanted, seconds)
    cluster.note(GIVEN_UP, found.note())


def end_as_planned(cluster: Cluster) -> None:
    """Note that the release was never meant to stay."""
    if not is_given_up(cluster):
        cluster.note(GIVEN_UP, GivenUp(why=Why.PLAN).note())


def is_given_up(cluster: Cluster) -> bool:
    """Whether this release was given up."""
    return bool(cluster.noted(GIVEN_UP))


def revert(cluster: Cluster) -> None:
    """`rollout undo`, once: said again it changes nothing until another template is released."""
    if cluster.noted(REVERTED) != template_hash(cluster.deployment()["spec"]["template"]):
        cluster.undo(mark=REVERTED)
