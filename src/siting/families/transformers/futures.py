"""``transformers`` in several futures: bounds with room for the need of any, and what tells them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from siting.families.declarations import Sign, sign
from siting.families.transformers.data import TransformersData


def beside(datas: Sequence[TransformersData]) -> list[TransformersData]:
    """The most units of use at a site are those of use in any future."""
    most: dict[tuple[str, str], int] = {}
    for data in datas:
        for key, units in data.limit.items():
            most[key] = max(units, most.get(key, 0))
    return [replace(data, limit={key: most[key] for key in data.limit}) for data in datas]


def delivery(one: TransformersData, other: TransformersData, _: float | None) -> Iterator[Sign]:
    """Orders that are delivered at other times in two futures."""
    for e in sorted(one.order_lag.keys() & other.order_lag.keys()):
        lags = one.order_lag[e], other.order_lag[e]
        found = [sign("pool_order", (e,), *lags)] if one.pool_index or other.pool_index else []
        if one.order_index or other.order_index:
            places = sorted({*one.places[e], *other.places[e]})
            found += [sign("site_order", (e, place), *lags) for place in places]
        yield from (each for each in found if each is not None)
