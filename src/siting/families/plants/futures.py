"""``plants`` in several futures: bounds that have room for the need of any, and what tells them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from siting.families.declarations import Sign, sign
from siting.families.plants.bounds import within
from siting.families.plants.data import PlantsData


def beside(datas: Sequence[PlantsData]) -> list[PlantsData]:
    """The most units of use at a place are those of use in any future; its room is its own."""
    useful: dict[tuple[str, str], int] = {}
    for data in datas:
        for key, units in data.useful_units.items():
            useful[key] = max(units, useful.get(key, 0))
    return [
        replace(
            data,
            useful_units={key: useful[key] for key in data.useful_units},
            max_units={key: within(useful[key], data.room_units[key]) for key in data.max_units},
        )
        for data in datas
    ]


def first_unit(one: PlantsData, other: PlantsData, _: float | None) -> Iterator[Sign]:
    """Units and named plants that come into service at other times in two futures."""
    for key in sorted(one.lag.keys() | other.lag.keys()):
        found = sign("units", key, one.lag.get(key), other.lag.get(key))
        if found is not None:
            yield found
    for name in sorted(one.named_lag.keys() | other.named_lag.keys()):
        found = sign("start", (name,), one.named_lag.get(name), other.named_lag.get(name))
        if found is not None:
            yield found
