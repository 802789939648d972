"""``headroom`` in several futures: connections that tell them apart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from siting.core.calendar import add_months
from siting.families.declarations import Sign, sign
from siting.families.headroom.data import HeadroomData


def connection(
    one: HeadroomData, other: HeadroomData, after_months: float | None
) -> Iterator[Sign]:
    """Connections at places whose capacity, headroom or date differs in two futures.

    Args:
        after_months: until the study tells; None where the connection itself does.
    """
    for s in sorted(dict(one.connect_index).keys() | dict(other.connect_index).keys()):
        lags = one.connect_lag[s], other.connect_lag[s]
        is_other_place = _room(one, s) != _room(other, s)
        if not is_other_place and lags[0].arrival == lags[1].arrival:
            continue
        if after_months is not None:
            study = one.system.calendar.lag(partial(add_months, months=after_months))
            found = sign("connect", (s,), study, None)
        elif is_other_place:
            first = min(
                lags, key=lambda lag: lag.first if lag.first is not None else len(lag.arrival)
            )
            found = sign("connect", (s,), first, None)
        else:
            found = sign("connect", (s,), *lags)
        if found is not None:
            yield found


def _room(data: HeadroomData, site: str) -> list[float | None]:
    """What the node and the zone of a site can serve, by period."""
    node, zone = data.system.node_of[site], str(data.system.sites[site].zone)
    periods = data.system.calendar.periods
    return [data.node_mw.get((node, p)) for p in periods] + [
        data.zone_mw.get((zone, p)) for p in periods
    ]
