"""Tables of ``network`` and their re-check by a power flow of its own.

The audit takes what the plan says of generators and draws, solves ``B theta = P`` afresh from the
branch table, and compares every flow with its limit; with outages it takes the branch out and
solves again. It shares the data with the model, but neither its PTDF nor its LODF.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from siting.components.base import Values
from siting.core.audit import (
    AuditResult,
    Finding,
    compare_tables,
    exceeds,
    firm_draw_by_site,
    is_near,
    number,
    rows_of,
)
from siting.core.table import Cell, Table

if TYPE_CHECKING:
    from siting.components.network import NetworkData

ATTACHMENT_COLUMNS = ("site", "bus", "base_kv", "distance_km")
DISPATCH_COLUMNS = ("period_start", "bus", "generation_mw", "load_mw", "drawn_mw")
FLOW_COLUMNS = ("period_start", "branch", "outage", "flow_mw", "rating_mw", "loading_frac")
SHOWN_FRAC = 0.9
"""Loading from which a flow stands in the table."""
ALL_OUTAGES = 4_000
"""Power flows up to which the audit takes out every branch; above it those of the table."""
LEAST_LIMIT_MW = 1e-6
"""Limit below which a branch may carry nothing that way."""
Floats = np.ndarray


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
        "attachments": Table.of(ATTACHMENT_COLUMNS, _attachment_rows(data)),
        "dispatch": Table.of(DISPATCH_COLUMNS, dispatch),
        "flows": Table.of(FLOW_COLUMNS, _flow_rows(data, values)),
    }


def _attachment_rows(data: NetworkData) -> Iterator[dict[str, Cell]]:
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


def audit(data: NetworkData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check draws, generators, balance and every flow of every period."""
    findings: list[Finding] = []
    expected = Table.of(ATTACHMENT_COLUMNS, _attachment_rows(data))
    findings += compare_tables(
        "network.attachment", "attachments", tables.get("attachments"), expected, ("site",)
    )
    generation, drawn = _dispatched(data, tables, findings)
    grid = PowerFlow(data)
    shown = _shown(tables, findings)
    for p in data.periods:
        start = data.system.calendar.starts[p]
        injection = _injection(data, p, generation, drawn)
        for island in range(int(grid.island.max()) + 1):
            off = float(injection[grid.island == island].sum())
            if not is_near(off, 0.0):
                what = f"{off:.3f} MW too much on {start}"
                findings.append(Finding("network.balance", f"island {island}", what))
        findings += _audit_flows(data, grid, p, injection, shown)
    return AuditResult(tuple(findings))


def _dispatched(
    data: NetworkData, tables: Mapping[str, Table], findings: list[Finding]
) -> tuple[dict[tuple[str, int], float], dict[tuple[str, int], float]]:
    """Generation and draw by bus and period; adds findings of rows that cannot be."""
    calendar = data.system.calendar
    wanted: dict[tuple[str, int], float] = {}
    for (site, p), mw in firm_draw_by_site(tables, calendar).items():
        if site in data.bus_of:
            key = data.bus_of[site], p
            wanted[key] = wanted.get(key, 0.0) + mw
    expected_keys = {*data.generator_buses, *data.draw_buses}
    generation: dict[tuple[str, int], float] = {}
    drawn: dict[tuple[str, int], float] = {}
    for name, row in rows_of(tables, "dispatch"):
        start = row["period_start"]
        period = next((p for p in data.periods if calendar.starts[p] == start), -1)
        key = str(row["bus"]), period
        if key not in expected_keys or key in generation:
            findings.append(Finding("network.dispatch", name, "not one of a bus and period"))
            continue
        generation[key], drawn[key] = number(row, "generation_mw"), number(row, "drawn_mw")
        load = float(data.load_mw(key[1])[data.limits.network.bus_index[key[0]]])
        if not is_near(number(row, "load_mw"), load):
            findings.append(Finding("network.load", name, f"load should be {load:.3f} MW"))
        if not is_near(drawn[key], wanted.get(key, 0.0)):
            what = f"{drawn[key]:.3f} MW drawn, the sites there draw {wanted.get(key, 0.0):.3f}"
            findings.append(Finding("network.withdrawal", name, what))
        low, high = data.least_mw.get(key[0], 0.0), data.most_mw.get(key[0], 0.0)
        if exceeds(low, generation[key]) or exceeds(generation[key], high):
            what = f"{generation[key]:.3f} MW outside {low:g} to {high:g}"
            findings.append(Finding("network.generation", name, what))
    missing = sorted(expected_keys - set(generation))
    findings += [
        Finding("network.dispatch", f"bus {bus}", f"no row for {calendar.starts[p]}")
        for bus, p in missing
    ]
    return generation, drawn


def _injection(
    data: NetworkData,
    p: int,
    generation: Mapping[tuple[str, int], float],
    drawn: Mapping[tuple[str, int], float],
) -> Floats:
    """Injection of each bus by what the plan says; islands without sites as they are without it."""
    network = data.limits.network
    found = data.base_mw[p].copy()
    moved = {int(network.island[network.bus_index[bus]]) for bus, q in drawn if q == p}
    inside = np.isin(network.island, sorted(moved))
    found[inside] = -data.load_mw(p)[inside]
    for (bus, q), mw in generation.items():
        if q == p:
            found[network.bus_index[bus]] += mw - drawn[bus, q]
    return found


class PowerFlow:
    """DC power flow by angles, from the branch table alone."""

    def __init__(self, data: NetworkData) -> None:
        branches = data.limits.network.branches
        self.start, self.end = branches.from_bus, branches.to_bus
        self.stiffness, self.shift = branches.susceptance_mw, branches.shift_rad
        self.size = len(data.limits.network.buses)
        self.island = self._islands(np.ones(len(self.start), bool))

    def _islands(self, on: np.ndarray) -> np.ndarray:
        """Number of the island of each bus with some branches on."""
        shape = (self.size, self.size)
        links = csc_array((np.ones(int(on.sum())), (self.start[on], self.end[on])), shape=shape)
        return np.asarray(connected_components(links, directed=False)[1])

    def flows(self, injection: Floats, out: int | None = None) -> Floats | None:
        """Flows with a branch out; None where its loss splits an island."""
        on = np.ones(len(self.start), bool)
        if out is not None:
            on[out] = False
        island = self._islands(on)
        if island.max() > self.island.max():
            return None
        b = np.where(on, self.stiffness, 0.0)
        rows = np.concatenate([self.start, self.end, self.start, self.end])
        columns = np.concatenate([self.start, self.end, self.end, self.start])
        matrix = csc_array(
            (np.concatenate([b, b, -b, -b]), (rows, columns)), shape=(self.size,) * 2
        )
        pushed = np.zeros(self.size)
        np.add.at(pushed, self.start, b * self.shift)
        np.add.at(pushed, self.end, -b * self.shift)
        _, reference = np.unique(island, return_index=True)
        free = np.setdiff1d(np.arange(self.size), reference)
        angle = np.zeros(self.size)
        if len(free):
            angle[free] = np.atleast_1d(spsolve(matrix[free][:, free], (injection + pushed)[free]))
        flows: Floats = b * (angle[self.start] - angle[self.end] - self.shift)
        return flows


def _shown(
    tables: Mapping[str, Table], findings: list[Finding]
) -> dict[tuple[Cell, str, str], float]:
    """Flows that the plan states, by period, branch and outage; adds findings of second rows."""
    shown: dict[tuple[Cell, str, str], float] = {}
    for name, row in rows_of(tables, "flows"):
        key = row["period_start"], str(row["branch"]), str(row["outage"] or "")
        if key in shown:
            findings.append(Finding("network.flow", name, "a second row of the same flow"))
        shown[key] = number(row, "flow_mw")
    return shown


def _audit_flows(
    data: NetworkData,
    grid: PowerFlow,
    p: int,
    injection: Floats,
    shown: dict[tuple[Cell, str, str], float],
) -> Iterator[Finding]:
    """Flows above their limit, and flows that the plan states otherwise."""
    network, start = data.limits.network, data.system.calendar.starts[p]
    ids, (lower, upper) = network.branches.ids, network.branches.flow_limits_mw
    stated = {key[1:]: mw for key, mw in shown.items() if key[0] == start}
    for out in _outages(data, {outage for _, outage in stated}):
        name = "" if out is None else ids[out]
        flows = grid.flows(injection, out)
        base = grid.flows(data.base_mw[p], out)
        if flows is None or base is None:
            continue
        after = "" if out is None else f" with {name} out"
        for branch in data.limits.watched:
            flow = float(flows[branch])
            sides = float(lower[branch]), float(upper[branch])
            limit = float(allowed_mw(*sides, flow, float(base[branch])))
            if exceeds(abs(flow), limit):
                what = f"{flow:.3f} MW of {limit:.3f} on {start}{after}"
                yield Finding("network.flow_limit", f"branch {ids[branch]}", what)
            said = stated.pop((ids[branch], name), None)
            if said is not None and not is_near(said, flow):
                what = f"{said:.3f} MW stated on {start}{after}, {flow:.3f} flow"
                yield Finding("network.flow", f"branch {ids[branch]}", what)
            if said is None and not name and exceeds(abs(flow), SHOWN_FRAC * limit):
                yield Finding("network.flow", f"branch {ids[branch]}", f"not in flows on {start}")
    for branch_name, outage in sorted(stated):
        where = f"branch {branch_name}"
        yield Finding("network.flow", where, f"stated on {start} with '{outage}' out, flows not so")


def _outages(data: NetworkData, named: set[str]) -> list[int | None]:
    """No outage; then every branch where there are few enough, else those that the plan names."""
    network = data.limits.network
    if data.limits.outage_share is None:
        return [None]
    count = len(network.branches)
    is_small = count * max(1, len(data.periods)) <= ALL_OUTAGES
    known = {name: i for i, name in enumerate(network.branches.ids)}
    chosen = range(count) if is_small else sorted(known[name] for name in named if name in known)
    return [None, *chosen]
