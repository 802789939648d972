"""The rules of ``network`` re-checked in plain arithmetic, from the tables alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

import numpy as np

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
from siting.families.network.data import NetworkData, PowerFlow
from siting.families.network.tables import (
    ATTACHMENT_COLUMNS,
    SHOWN_FRAC,
    allowed_mw,
    attachment_rows,
)
from siting.network.case import Floats

Flow = tuple[float, float]
"""Flow and rating of a branch [MW]."""
ALL_OUTAGES = 4_000
"""Power flows up to which the audit takes out every branch; above it those of the table."""


def audit(data: NetworkData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check draws, generators, balance and every flow of every period."""
    findings: list[Finding] = []
    expected = Table.of(ATTACHMENT_COLUMNS, attachment_rows(data))
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


def _shown(
    tables: Mapping[str, Table], findings: list[Finding]
) -> dict[tuple[Cell, str, str], Flow]:
    """Flows that the plan states with their ratings, by period, branch and outage; adds findings of second
    rows, and of loadings that are not those of flow and rating."""
    shown: dict[tuple[Cell, str, str], Flow] = {}
    for name, row in rows_of(tables, "flows"):
        key = row["period_start"], str(row["branch"]), str(row["outage"] or "")
        if key in shown:
            findings.append(Finding("network.flow", name, "a second row of the same flow"))
        flow, rating = number(row, "flow_mw"), number(row, "rating_mw")
        shown[key] = flow, rating
        if not is_near(number(row, "loading_frac") * rating, abs(flow)):
            right = abs(flow) / rating if rating else inf
            findings.append(Finding("network.loading", name, f"loading_frac should be {right:.6f}"))
    return shown


def _audit_flows(
    data: NetworkData,
    grid: PowerFlow,
    p: int,
    injection: Floats,
    shown: dict[tuple[Cell, str, str], Flow],
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
            if said is not None and not is_near(said[0], flow):
                what = f"{said[0]:.3f} MW stated on {start}{after}, {flow:.3f} flow"
                yield Finding("network.flow", f"branch {ids[branch]}", what)
            if said is not None and not is_near(said[1], limit):
                what = f"rating_mw {said[1]:.3f} stated on {start}{after}, {limit:.3f} is allowed"
                yield Finding("network.rating", f"branch {ids[branch]}", what)
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
