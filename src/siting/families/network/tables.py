"""Result tables of ``network`` from the solved values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from siting.core.table import Cell, Table
from siting.families.base import Values
from siting.families.columns import Columns
from siting.families.network.data import NetworkData
from siting.network.case import Floats

ATTACHMENT_COLUMNS = ("site", "bus", "base_kv", "distance_km")


DISPATCH_COLUMNS = ("period_start", "bus", "generation_mw", "load_mw", "drawn_mw")


FLOW_COLUMNS = ("period_start", "branch", "outage", "flow_mw", "rating_mw", "loading_frac")
TABLES = {
    "attachments": Columns(ATTACHMENT_COLUMNS),
    "dispatch": Columns(DISPATCH_COLUMNS),
    "flows": Columns(FLOW_COLUMNS),
}


SHOWN_FRAC = 0.9
"""Loading from which a flow stands in the table."""


LEAST_LIMIT_MW = 1e-6
"""Limit below which a branch may carry nothing that way."""


def allowed_mw(least: float, most: float, flow: Floats | float, own: Floats | float) -> Floats:
    """Limit of a branch in the direction of its flow, or the flow without the plan if larger [MW]."""
    limit = np.maximum(np.where(np.asarray(flow) < 0, -least, most), np.abs(own))
    return np.maximum(limit, LEAST_LIMIT_MW)


def report(values: Values, data: NetworkData) -> dict[str, Table]:
    """Where sites attach, dispatch by bus, and the flows that come near their limit."""
    dispatch = []
    for p in data.periods:
        drawn = {
            b: values.get("network.withdrawal_mw", (b, p)) for b, q in data.draw_buses if q == p
        }
        extra = {
            b: values.get("network.extra_mw", (b, p)) for b, q in data.generator_buses if q == p
        }
        dispatch += [*_dispatch_rows(data, p, extra, drawn)]
    return {
        "attachments": Table.of(ATTACHMENT_COLUMNS, attachment_rows(data)),
        "dispatch": Table.of(DISPATCH_COLUMNS, dispatch),
        "flows": Table.of(FLOW_COLUMNS, _flow_rows(data, values)),
    }


def attachment_rows(data: NetworkData) -> Iterator[dict[str, Cell]]:
    """Bus of each site."""
    network = data.limits.network
    for site, bus in sorted(data.bus_of.items()):
        kv = float(network.buses.base_kv[network.bus_index[bus]])
        yield {"site": site, "bus": bus, "base_kv": kv, "distance_km": data.km[site]}


def _dispatch_rows(
    data: NetworkData, p: int, extra: Mapping[str, float], drawn: Mapping[str, float]
) -> Iterator[dict[str, Cell]]:
    """Generation and draw of each bus that has either and may move."""
    load = data.load_mw(p)
    for bus in sorted({*extra, *drawn}):
        yield {
            "period_start": data.system.calendar.starts[p],
            "bus": bus,
            "generation_mw": data.least_mw.get(bus, 0.0) + extra.get(bus, 0.0),
            "load_mw": float(load[data.limits.network.bus_index[bus]]),
            "drawn_mw": drawn.get(bus, 0.0),
        }


def _flow_rows(data: NetworkData, values: Values) -> Iterator[dict[str, Cell]]:
    """Flows near their limit, without outages and at the worst outage of each branch."""
    network, watched = data.limits.network, data.limits.watched
    lower, upper = network.branches.flow_limits_mw
    for p in data.periods:
        flows = data.limits.model.flows(data.injection_mw(values, p))
        base = data.limits.model.flows(data.base_mw[p])
        for place, branch in enumerate(watched):
            sides = float(lower[branch]), float(upper[branch])
            cases = [("", float(flows[branch]), float(base[branch]))]
            if data.limits.outage_share is not None:
                share = data.limits.outage_share[place].copy()
                share[branch] = 0.0
                after, before = flows[branch] + share * flows, base[branch] + share * base
                loading = np.abs(after) / allowed_mw(*sides, after, before)
                worst = int(loading.argmax())
                if share[worst] != 0:
                    name = network.branches.ids[worst]
                    cases.append((name, float(after[worst]), float(before[worst])))
            for outage, flow, own in cases:
                limit = float(allowed_mw(*sides, flow, own))
                if abs(flow) >= SHOWN_FRAC * limit:
                    yield {
                        "period_start": data.system.calendar.starts[p],
                        "branch": network.branches.ids[branch],
                        "outage": outage,
                        "flow_mw": flow,
                        "rating_mw": limit,
                        "loading_frac": abs(flow) / limit,
                    }
