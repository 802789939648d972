"""From a scenario file to a checked instance, and the size of its model; nothing here needs a solver."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siting.core.committed import NAME as COMMITTED
from siting.core.errors import InputError, Issue
from siting.core.plan import ModelSize
from siting.core.resources import builtin_root
from siting.core.yaml_source import Document, read_document, with_overrides, without_effect
from siting.instance.build import Instance, build_instance
from siting.instance.tables import before_reading, resolve_tables
from siting.instance.warn import near_misses, warnings_of
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.scenario import read_scenario


@dataclass(frozen=True)
class Loaded:
    """A checked scenario, the files it was read from (name as given -> SHA-256), and warnings."""

    instance: Instance
    inputs: Mapping[str, str]
    warnings: tuple[Issue, ...] = ()


def load(
    path: Path | str,
    overrides: Mapping[str, Any] | None = None,
    *,
    allow_outside: bool = False,
) -> Loaded:
    """Read, validate and cross-check a scenario file.

    Args:
        path: the file. overrides: values by dotted path.
        allow_outside: whether it may name files that lie outside its folder.

    Raises:
        InputError: everything wrong with it.
    """
    path = Path(path)
    document = read_document(path, builtin=builtin_root(), allow_outside=allow_outside)
    given = dict(overrides or {})
    early = {name: given[name] for name in given if before_reading(document, name)}
    idle = without_effect(document, early)
    document = with_overrides(document, early) if early else document
    tables = resolve_tables(document, path.parent, allow_outside)
    resolved, issues = tables.document, list(tables.issues)
    late = {name: value for name, value in given.items() if name not in early}
    idle += without_effect(resolved, late)
    if late and not issues:
        resolved = with_overrides(resolved, late)
    try:
        scenario = read_scenario(resolved)
    except InputError as error:
        issues += [issue for issue in error.issues if not tables.concerns_unread(issue)]
        issues += near_misses(resolved)
        raise InputError(issues) from error
    if issues:
        raise InputError(issues)
    try:
        instance = build_instance(scenario, dict(resolved.data))  # type: ignore[call-overload]
    except InputError as error:
        raise InputError(_located(error.issues, resolved)) from error
    inputs = {path.name: _sha256(path)}
    inputs.update({name: _sha256(file) for name, file in sorted(tables.files.items())})
    warnings = (*tables.warnings, *idle, *warnings_of(instance, resolved))
    return Loaded(instance, inputs, warnings)


def _located(issues: tuple[Issue, ...], document: Document) -> list[Issue]:
    """Issues of the instance with the file and line of the key they name."""
    placed = []
    for issue in issues:
        keys = tuple(int(k) if k.isdigit() else k for k in issue.where.split("."))
        place = document.where(_known(document.data, keys, issue.where))
        placed.append(Issue(place, issue.what, issue.expected, issue.fix))
    return placed


def _known(data: Any, keys: tuple[str | int, ...], dotted: str) -> tuple[str | int, ...]:
    """The path that a dotted name means; ids may themselves contain dots."""
    path: list[str | int] = []
    rest = dotted
    while rest and isinstance(data, dict | list):
        if isinstance(data, list):
            head, _, rest = rest.partition(".")
            path.append(int(head) if head.isdigit() else head)
            data = data[int(head)] if head.isdigit() and int(head) < len(data) else None
            continue
        fitting = [k for k in data if rest == k or rest.startswith(f"{k}.")]
        if not fitting:
            break
        key = max(fitting, key=len)
        path.append(key)
        rest = rest[len(key) + 1 :]
        data = data[key]
    return (*path, *rest.split(".")) if rest else tuple(path)


def _sha256(path: Path) -> str:
    """Checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def model_size(model: Program) -> ModelSize:
    """Rows, columns, integers and nonzeros of a model."""
    return ModelSize(
        rows=len(model.row_lower),
        columns=len(model.cost),
        integers=int(model.is_integer.sum()),
        nonzeros=len(model.value),
    )


def size_by_family(instance: Instance) -> dict[str, dict[str, int]]:
    """Rows, columns and integers that each family adds; ``core`` first, what is committed and goals last."""
    linear = assemble(instance).linear
    added = {name.partition(".")[0] for name, _ in (*linear.columns, *linear.row_names)}
    names = ["core", *sorted(instance.data), *(n for n in (COMMITTED, "goals") if n in added)]
    sizes = {name: {"rows": 0, "columns": 0, "integers": 0} for name in names}
    for name, _ in linear.row_names:
        sizes[name.partition(".")[0]]["rows"] += 1
    for (name, _), column in linear.columns.items():
        size = sizes[name.partition(".")[0]]
        size["columns"] += 1
        size["integers"] += int(linear.is_integer[column])
    return sizes
