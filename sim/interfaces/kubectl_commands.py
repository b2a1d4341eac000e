"""`seatrial get`, `describe`, `events` and `rollout`: a run's cluster at a moment, as kubectl
would have shown it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from sim.i18n import message
from sim.interfaces import options
from sim.interfaces.options import argument, option

if TYPE_CHECKING:
    from sim.analysis.cluster_at import ClusterAt
    from sim.analysis.kubectl_tables import Table
    from sim.i18n import Message
    from sim.model.objects import JsonObject

_RUN = message("A folder that `seatrial run --out` wrote.")
At: TypeAlias = Annotated[
    str | None,
    option(
        "--at",
        metavar="TIME",
        text=message("The moment, in the run's own time, such as 61s; its end if not given."),
    ),
]
Named: TypeAlias = Annotated[
    list[str],
    argument(
        metavar="KIND [NAME] RUN", text=message("A kind, perhaps a name, and a run's folder.")
    ),
]
RunFolder: TypeAlias = Annotated[str, argument(metavar="RUN", text=_RUN)]


def get(
    words: Named,
    at: At = None,
    output: Annotated[
        str,
        option("-o", "--output", metavar="FORMAT", text=message("wide, json, yaml or name.")),
    ] = "",
    selector: Annotated[
        str,
        option(
            "-l", "--selector", metavar="LABELS", text=message("Only what carries key=value, ….")
        ),
    ] = "",
    lang: options.Lang = None,
) -> None:
    """List objects as they were."""
    from sim.analysis.kubectl_tables import table_lines

    if output not in ("", "wide", "json", "yaml", "name"):
        raise _mistake(
            message("no output format {name}", name=repr(output)),
            message("known: {known}", known="wide, json, yaml, name"),
        )
    resource, name, cluster = _asked(words, at)
    if resource == "events":
        _print_events(cluster, lower=True)
        return
    table, objects = _found(cluster, resource, name, _labels_of(selector))
    if output in ("json", "yaml"):
        _print_data(objects, output, single=name is not None)
    elif output == "name":
        for obj in objects:
            print(f"{_full_kind(obj)}/{obj['metadata']['name']}")
    elif not objects:
        typer.echo("No resources found in default namespace.", err=True)
    else:
        print("\n".join(table_lines(table, objects, cluster.time, output == "wide")))


def describe(words: Named, at: At = None, lang: options.Lang = None) -> None:
    """Tell everything about objects, their events last."""
    from sim.analysis.kubectl_describe import can_describe, described

    resource, name, cluster = _asked(words, at)
    if resource == "events":
        raise _unknown(resource)
    table, objects = _found(cluster, resource, name, {})
    if not can_describe(table.kind):
        raise _mistake(
            message("{kind} cannot be described", kind=table.kind),
            message("known: {known}", known="deployment, replicaset, pod, node"),
        )
    print("\n\n\n".join("\n".join(described(cluster, obj)) for obj in objects))


def events(run: RunFolder, at: At = None, lang: options.Lang = None) -> None:
    """List what the cluster had said."""
    _print_events(_cluster(run, at), lower=False)


def rollout(
    words: Annotated[
        list[str],
        argument(
            metavar="status|history RUN",
            text=message("What `kubectl rollout` would have printed, and a run's folder."),
        ),
    ],
    at: At = None,
    revision: Annotated[
        int, option("--revision", metavar="N", text=message("Of this revision only."))
    ] = 0,
    lang: options.Lang = None,
) -> None:
    """Tell how the rollout stood, or which revisions there were."""
    if len(words) != 2 or words[0] not in ("status", "history"):
        raise _mistake(
            message("wanted status or history, and a run's folder"),
            message("for example seatrial rollout status --at 61s RUN"),
        )
    cluster = _cluster(words[1], at)
    found = cluster.objects("Deployment")
    if not found:
        typer.echo("error: required resource not specified", err=True)
        raise typer.Exit(1)
    deployment = found[0]
    if words[0] == "status":
        _print_status(deployment, revision)
    else:
        _print_history(cluster, deployment, revision)


def _print_status(deployment: JsonObject, revision: int) -> None:
    from sim.model.rollout_status import rollout_status

    status = rollout_status(deployment, revision)
    if status.failed:
        typer.echo(status.line, err=True)
        raise typer.Exit(1)
    print(status.line)


def _print_history(cluster: ClusterAt, deployment: JsonObject, revision: int) -> None:
    from sim.analysis.kubectl_rollout import history_lines, revision_lines

    lines: list[str] | None = history_lines(cluster, deployment)
    if revision:
        lines = revision_lines(cluster, deployment, revision)
    if lines is None:
        typer.echo("error: unable to find the specified revision", err=True)
        raise typer.Exit(1)
    print("\n".join(lines))


def _asked(words: list[str], at: str | None) -> tuple[str, str | None, ClusterAt]:
    """Kind, name and cluster, of `KIND [NAME] RUN` or `KIND/NAME RUN`."""
    from sim.analysis.kubectl_tables import SHORT, TABLES

    if not 2 <= len(words) <= 3:
        raise _mistake(
            message("wanted a kind, perhaps a name, and a run's folder"),
            message("for example seatrial get pods --at 61s RUN"),
        )
    kind, slash, name = words[0].partition("/")
    kind = SHORT.get(kind.lower(), kind.lower())
    plural = kind if kind in TABLES or kind == "events" else f"{kind}s"
    if plural not in TABLES and plural != "events":
        raise _unknown(kind)
    given = name if slash else (words[1] if len(words) == 3 else None)
    return plural, given, _cluster(words[-1], at)


def _cluster(folder: str, at: str | None) -> ClusterAt:
    from sim.analysis.cluster_at import ClusterAt
    from sim.experiments.folder import read_run_folder
    from sim.model.duration import duration
    from sim.model.unreadable import Unreadable

    run = read_run_folder(folder)
    if at is None:
        return ClusterAt(run, run.window.end)
    try:
        return ClusterAt(run, duration(at))
    except Unreadable as wrong:
        raise _mistake(wrong.message, message("for example --at 61s")) from wrong


def _found(
    cluster: ClusterAt, resource: str, name: str | None, labels: dict[str, str]
) -> tuple[Table, list[JsonObject]]:
    from sim.analysis.kubectl_tables import TABLES, selected

    table = TABLES[resource]
    if name is None:
        return table, selected(cluster, table.kind, labels)
    obj = cluster.find(table.kind, name)
    if obj is None:
        said = f'Error from server (NotFound): {table.resource(resource)} "{name}" not found'
        typer.echo(said, err=True)
        raise typer.Exit(1)
    return table, [obj]


def _labels_of(selector: str) -> dict[str, str]:
    pairs = [one.partition("=") for one in selector.split(",") if one]
    if not all(key and equals for key, equals, _ in pairs):
        raise _mistake(
            message("{found} is not a selector", found=repr(selector)),
            message("for example app=web,tier=front"),
        )
    return {key: text.removeprefix("=") for key, _, text in pairs}


def _print_events(cluster: ClusterAt, *, lower: bool) -> None:
    from sim.analysis.kubectl_tables import event_lines

    print("\n".join(event_lines(cluster.events(), cluster.time, lower)))


def _print_data(objects: list[JsonObject], output: str, *, single: bool) -> None:
    data: object = {"apiVersion": "v1", "kind": "List", "items": objects}
    if single:
        data = objects[0]
    if output == "json":
        print(json.dumps(data, indent=4, ensure_ascii=False))
        return
    import sys

    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.representer.ignore_aliases = lambda data: True
    yaml.dump(data, sys.stdout)


def _full_kind(obj: JsonObject) -> str:
    group = obj["apiVersion"].rpartition("/")[0]
    kind: str = obj["kind"].lower()
    return f"{kind}.{group}" if group else kind


def _unknown(kind: str) -> Exception:
    from sim.analysis.kubectl_tables import TABLES

    return _mistake(
        message("a run has no resource {name}", name=repr(kind)),
        message("known: {known}", known=", ".join([*TABLES, "events"])),
    )


def _mistake(text: Message, hint: Message) -> Exception:
    from sim.errors import Problem, ScenarioError

    return ScenarioError([Problem(text, hint=hint)])
