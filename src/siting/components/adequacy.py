r"""Adequacy: firm supply for the new load of a zone, with its reserve margin.

Question: does each zone keep its planning reserve margin with the plan's load in it?
Assumptions: what a zone has above its own requirement may serve the plan; after the last stated
year the last figure holds. A zone without a stated surplus has none.

Formulation
-----------
    (reserve_margin)   (1 + r[z,p]) * sum_{s in z} (g[s,p] - k[s,p]) <= S[z,p] + F[z,p]

Symbols
-------
    g[s,p]   draw, ledger total ``grid_mw``                     MW
    k[s,p]   draw that gives way in peak hours, ledger          MW
    F[z,p]   accredited new supply, and what ``interfaces``
             bring, net; ledger ``zone_firm_mw``                MW
    S[z,p]   accredited surplus above the requirement           MW
    r[z,p]   planning reserve margin                            share of firm load

Sources: NERC Long-Term Reliability Assessment 2025, by zone in ``data/geo/grid_zones.geojson``.
Limits: one number a zone and period; no transfer between zones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from siting.components.base import Build, Component, Values, firm_draw
from siting.components.whole import Expr, Label, at, pick, sum_over, whole
from siting.core.audit import (
    AuditResult,
    Finding,
    compare_tables,
    exceeds,
    firm_by_zone,
    firm_draw_by_site,
    number,
)
from siting.core.records import Zone
from siting.core.strict import NonNegative, StrictModel
from siting.core.system import System
from siting.core.table import Cell, Table


class AdequacyConfig(StrictModel):
    """Settings of ``adequacy``."""

    surplus_share_frac: NonNegative = 1.0
    """Share of each zone's accredited surplus that the plan may use."""
    surplus_of_peak_frac: NonNegative | None = None
    """What-if: every zone's surplus as a share of its peak, in place of the stated one."""

    def zone_surplus_mw(self, zone: Zone, on: date) -> float:
        """Surplus that the plan may use in a zone at a date [MW]."""
        stated = zone.surplus_mw(on) or 0.0
        if self.surplus_of_peak_frac is not None:
            stated = self.surplus_of_peak_frac * zone.peak_mw
        return self.surplus_share_frac * stated


@dataclass(frozen=True)
class AdequacyData:
    """Numbers of the formulas."""

    system: System
    zone_periods: tuple[tuple[str, int], ...]
    sites_in: Mapping[str, tuple[str, ...]]
    margin: Mapping[tuple[str, int], float]
    surplus_mw: Mapping[tuple[str, int], float]


def prepare(system: System, config: AdequacyConfig) -> AdequacyData:
    """Margin and surplus of every zone that has a site."""
    members: dict[str, list[str]] = {}
    for site in system.node_of:
        if site in system.first_service:
            members.setdefault(str(system.sites[site].zone), []).append(site)
    for zone in system.zones_used(()):
        members.setdefault(zone, [])
    pairs = tuple((z, p) for z in sorted(members) for p in system.calendar.periods)
    starts = system.calendar.starts
    return AdequacyData(
        system=system,
        zone_periods=pairs,
        sites_in={z: tuple(sites) for z, sites in sorted(members.items())},
        margin={(z, p): system.zones[z].margin_frac(starts[p]) for z, p in pairs},
        surplus_mw={(z, p): config.zone_surplus_mw(system.zones[z], starts[p]) for z, p in pairs},
    )


def declare(build: Build, data: AdequacyData) -> None:
    """Nothing to decide."""


def constrain(build: Build, data: AdequacyData) -> None:
    """Reserve margin of each zone and period."""

    @whole
    def reserve_margin(z: Label, p: Label) -> tuple[Expr, Expr]:
        drawn = sum_over(pick(data.sites_in, z), partial(firm_draw, build), p)
        supply = at(data.surplus_mw, z, p) + build.total("zone_firm_mw", (z, p))
        return (1 + at(data.margin, z, p)) * drawn, supply

    build.at_most(
        "reserve_margin", data.zone_periods, reserve_margin, doc="reserve margin", unit="MW"
    )


COLUMNS = ("period_start", "zone", "surplus_mw", "new_supply_mw", "required_mw")


def _rows(
    data: AdequacyData,
    draw: Mapping[tuple[str, int], float],
    supply: Mapping[tuple[str, int], float],
) -> Iterator[dict[str, Cell]]:
    """Supply and requirement of each zone and period."""
    for z, p in sorted(data.zone_periods, key=lambda pair: (pair[1], pair[0])):
        drawn = sum(draw.get((s, p), 0.0) for s in data.sites_in[z])
        yield {
            "period_start": data.system.calendar.starts[p],
            "zone": z,
            "surplus_mw": data.surplus_mw[z, p],
            "new_supply_mw": supply.get((z, p), 0.0),
            "required_mw": (1 + data.margin[z, p]) * drawn,
        }


def report(values: Values, data: AdequacyData) -> dict[str, Table]:
    """Surplus, new supply and requirement."""
    draw = {(s, p): firm_draw(values, s, p) for s, p in data.system.grid_periods}
    supply = {(z, p): values.total("zone_firm_mw", (z, p)) for z, p in data.zone_periods}
    return {"adequacy": Table.of(COLUMNS, _rows(data, draw, supply))}


def audit(data: AdequacyData, tables: Mapping[str, Table]) -> AuditResult:
    """Recompute the requirement and compare it with the supply."""
    calendar = data.system.calendar
    draw = firm_draw_by_site(tables, calendar)
    firm = firm_by_zone(tables, calendar)
    expected = Table.of(COLUMNS, _rows(data, draw, firm))
    keys = ("period_start", "zone")
    findings = list(
        compare_tables("adequacy.table", "adequacy", tables.get("adequacy"), expected, keys)
    )
    for row in expected:
        supply = number(row, "surplus_mw") + number(row, "new_supply_mw")
        if exceeds(number(row, "required_mw"), supply):
            what = f"{row['required_mw']} MW required on {row['period_start']}, {supply} firm"
            findings.append(Finding("adequacy.reserve_margin", f"zone {row['zone']}", what))
    return AuditResult(tuple(findings))


COMPONENT = Component(
    name="adequacy",
    config=AdequacyConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    requires=("energy",),
    formulation=__doc__ or "",
)
