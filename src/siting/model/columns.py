"""What is known of each column beside its numbers: where it lies, and when it is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat

import numpy as np

from siting.families.declared import restricted_decisions
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.model.arrays import Declared


def decided_at(declared: Sequence[Declared]) -> np.ndarray:
    """Number of the period in which each column is decided; -1 of recourse."""
    decisions = restricted_decisions()
    return np.concatenate(
        [
            np.array([key[-1] for key in part.index], dtype=int)
            if part.name in decisions
            else np.full(len(part.index), -1)
            for part in declared
        ]
    )


def places(declared: Sequence[Declared], instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Number of the site and of the zone of each column: of the site, zone or item of its family in
    its index; -1 where there is none.

    A site outside every zone is a zone of its own.
    """
    system = instance.system
    shared = {z: z for z in system.zones}
    shared |= {s: site.zone or s for s, site in system.sites.items()}
    own = {name: _items(instance, name) for name in instance.data}
    names = set(shared.values()).union(*(items.values() for items in own.values()))
    number = {zone: n for n, zone in enumerate(sorted(names))}
    sites = {site: n for n, site in enumerate(sorted(system.sites))}
    zones = {label: number[zone] for label, zone in shared.items()}
    by_family = {
        name: zones | {item: number[zone] for item, zone in items.items()}
        for name, items in own.items()
    }
    found = [
        _places(part, by_family.get(part.name.partition(".")[0], zones), sites) for part in declared
    ]
    return (
        np.concatenate([site for site, _ in found]),
        np.concatenate([zone for _, zone in found]),
    )


def _items(instance: Instance, family: str) -> dict[str, str]:
    """Zone of each item of the tables of a family that lie somewhere, or its node where that has none."""
    system, config = instance.system, instance.scenario.families()[family]
    return {
        item: record.zone or system.zone_at(str(node)) or str(node)
        for table in COMPONENTS[family].located
        for item, record in getattr(config, table).items()
        for node in [getattr(record, "node", None)]
    }


def _places(
    part: Declared, zones: Mapping[str, int], sites: Mapping[str, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Site and zone of the columns of a variable, by the last label of its index that has one."""
    site_at, zone_at = np.full(len(part.index), -1), np.full(len(part.index), -1)
    for labels in zip(*part.index, strict=True):
        if isinstance(labels[0], int):
            continue
        zone = np.fromiter(map(zones.get, labels, repeat(-1)), np.int64, len(labels))
        site = np.fromiter(map(sites.get, labels, repeat(-1)), np.int64, len(labels))
        site_at = np.where(zone >= 0, site, site_at)
        zone_at = np.where(zone >= 0, zone, zone_at)
    return site_at, zone_at
