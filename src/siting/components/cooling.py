r"""Cooling: dry or wet, chosen once a site, trades water for power and limits rack density.

Question: how is each site cooled, how much power and water does that take, and can it cool the
racks of the workloads placed there?
Assumptions: a site has one way of cooling for the whole horizon. PUE and water per MWh are yearly
averages of an option, the same at every site; water follows the energy of the IT load, that is
its load times the load factor of ``energy``.

Formulation
-----------
    (one_option)     sum_c y[s,c] <= c[s,P]                              P = last period
    (split)          sum_c l[s,c,p] = it[s,p]
    (chosen)         l[s,c,p] <= U[s] * y[s,c]
    (rack_density)   sum_{w: D[w] >= d} x[w,s,p] <= sum_{c: R[c] >= d} l[s,c,p]    d in all D[w]
    facility_mw      sum_c PUE[c] * l[s,c,p]
    water_m3         8760 * years[p] * LF * sum_c W[c] * l[s,c,p]
    cost             sum d[p] * years[p] * K[c] * l[s,c,p]

Symbols
-------
    y[s,c]     site s is cooled by option c                              binary
    l[s,c,p]   IT load of a site under an option                         MW
    it, c      IT load and commitment of a site, core variables          MW, binary
    x[w,s,p]   load of a workload at a site, ledger ``workload_it_mw``   MW
    U[s]       most IT load of a site                                    MW
    D, R       densest rack of a workload; densest an option can cool    kW
    PUE, LF    facility MW per IT MW; average over peak load             ratio
    W, K       water; yearly cost beyond that of the halls               m3 per IT MWh, USD per MW

Sources: ``models/libraries/cooling.yaml``.
Limits: no climate by site or season: give a hot site's options their own rows in another scenario;
an option is paid by the load it cools, so its capital belongs into the yearly cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from siting.components.base import Build, Component, Index, Values
from siting.components.whole import Expr, Label, at, whole
from siting.core.audit import (
    AuditResult,
    Finding,
    day,
    exceeds,
    is_near,
    is_same,
    number,
    rows_of,
    sum_by,
)
from siting.core.errors import Issue
from siting.core.finance import add_to, present_year, present_years
from siting.core.records import Record
from siting.core.strict import Identifier, NonNegative, Positive, StrictModel
from siting.core.system import System
from siting.core.table import Cell, Table
from siting.core.units import HOURS_PER_YEAR


class CoolingOption(Record):
    """A way to cool a site."""

    pue: float = Field(ge=1.0)
    """Power usage effectiveness: facility MW per IT MW."""
    water_m3_per_it_mwh: NonNegative = 0.0
    """Water consumed on site [m3 per MWh of IT energy, the same number as L per kWh]."""
    usd_per_it_mw_year: NonNegative = 0.0
    """Yearly cost beyond that of the halls [USD per IT MW and year]."""
    max_rack_kw: Positive | None = None
    """Densest rack it can cool [kW]; none means any."""

    def can_cool(self, rack_kw: float) -> bool:
        """Whether it can cool a rack."""
        return self.max_rack_kw is None or self.max_rack_kw >= rack_kw


class CoolingConfig(StrictModel):
    """Settings of ``cooling``."""

    options: dict[Identifier, CoolingOption] = Field(min_length=1)


@dataclass(frozen=True)
class CoolingData:
    """Numbers of the formulas; every tuple is sorted."""

    system: System
    options: Mapping[str, CoolingOption]
    water_m3_per_mw_year: Mapping[str, float]
    choices: tuple[tuple[str, str], ...]
    loads: tuple[tuple[str, str, int], ...]
    densities: tuple[tuple[str, float, int], ...]
    """(site, rack kW, period) of each level that some option cannot cool."""


def prepare(system: System, config: CoolingConfig) -> CoolingData:
    """Choices of the sites that can carry load, and the rack densities that matter."""
    options = dict(sorted(config.options.items()))
    levels = [
        kw
        for kw in sorted(set(system.rack_kw.values()))
        if not all(option.can_cool(kw) for option in options.values())
    ]
    return CoolingData(
        system=system,
        options=options,
        water_m3_per_mw_year={
            c: HOURS_PER_YEAR * system.load_factor_frac * option.water_m3_per_it_mwh
            for c, option in options.items()
        },
        choices=tuple((s, c) for s in sorted(system.first_service) for c in options),
        loads=tuple((s, c, p) for s, p in system.service_periods for c in options),
        densities=tuple((s, kw, p) for s, p in system.service_periods for kw in levels),
    )


def declare(build: Build, data: CoolingData) -> None:
    """Declare the choice and the load under each option; add facility load, water and cost."""
    system, calendar = data.system, data.system.calendar
    build.variable("choose", data.choices, domain="binary", doc="cooling of a site")
    load = build.variable(
        "it_mw",
        data.loads,
        upper=lambda s, c, p: at(system.period_limit_mw, s, p),
        doc="IT load of a site under an option",
    )
    years = {p: calendar.years(p) for p in calendar.periods}
    pue = {c: option.pue for c, option in data.options.items()}
    usd = {
        (c, p): present * option.usd_per_it_mw_year
        for c, option in data.options.items()
        for p, present in present_years(calendar).items()
    }

    def facility(s: Label, c: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(pue, c) * load[s, c, p]

    def water(s: Label, c: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(years, p) * at(data.water_m3_per_mw_year, c) * load[s, c, p]

    wet = [key for key in data.loads if data.options[key[1]].water_m3_per_it_mwh]
    paid = [key for key in data.loads if data.options[key[1]].usd_per_it_mw_year]
    build.add_each("facility_mw", data.loads, facility)
    build.add_each("water_m3", wet, water)
    build.cost_each(paid, lambda s, c, p: (p, at(usd, c, p) * load[s, c, p]))


def constrain(build: Build, data: CoolingData) -> None:
    """One option a site, all load under it, and racks it can cool."""
    system = data.system
    choose, load = build.variables["choose"], build.variables["it_mw"]
    last = len(system.calendar) - 1

    def one_option(s: str) -> tuple[Expr, Expr]:
        return sum(choose[s, c] for c in data.options), build.commit[s, last]

    @whole
    def split(s: Label, p: Label) -> tuple[Expr, Expr]:
        return sum(load[s, c, p] for c in data.options), build.it_mw[s, p]

    @whole
    def chosen(s: Label, c: Label, p: Label) -> tuple[Expr, Expr]:
        return load[s, c, p], at(system.period_limit_mw, s, p) * choose[s, c]

    def rack_density(s: str, rack_kw: float, p: int) -> tuple[Expr, Expr]:
        dense = [w for w, kw in system.rack_kw.items() if kw >= rack_kw]
        able = [c for c, option in data.options.items() if option.can_cool(rack_kw)]
        served = sum(build.total("workload_it_mw", (w, s, p)) for w in dense)
        return served, sum(load[s, c, p] for c in able)

    sites = [(s,) for s in sorted(system.first_service)]
    build.at_most("one_option", sites, one_option, doc="cooling of a committed site")
    build.equal("split", system.service_periods, split, doc="load by cooling")
    build.at_most("chosen", data.loads, chosen, doc="load of the cooling chosen")
    build.at_most(
        "rack_density", data.densities, rack_density, doc="load in racks too dense", unit="MW"
    )


COLUMNS = ("period_start", "site", "option", "it_mw", "facility_mw", "water_m3")


def report(values: Values, data: CoolingData) -> dict[str, Table]:
    """Load, power and water of each site by its cooling."""
    rows = []
    for s, c, p in sorted(data.loads, key=lambda key: (key[2], key[:2])):
        it_mw = values.get("cooling.it_mw", (s, c, p))
        if it_mw > 0:
            start = data.system.calendar.starts[p]
            rows.append({"period_start": start, "site": s, **_cells(data, c, p, it_mw)})
    return {"cooling": Table.of(COLUMNS, rows)}


def _cells(data: CoolingData, c: str, p: int, it_mw: float) -> dict[str, Cell]:
    """Power and water of a load under an option."""
    years = data.system.calendar.years(p)
    return {
        "option": c,
        "it_mw": it_mw,
        "facility_mw": data.options[c].pue * it_mw,
        "water_m3": years * data.water_m3_per_mw_year[c] * it_mw,
    }


def audit(data: CoolingData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check loads, choices and racks; re-derive power and water; recompute the cost."""
    calendar = data.system.calendar
    service = sum_by(tables, "service", ("site",), "it_mw", calendar)
    findings: list[Finding] = []
    cost: dict[int, float] = {}
    chosen: dict[str, str] = {}
    seen: set[tuple[str, int]] = set()
    for row_name, row in rows_of(tables, "cooling"):
        start, s, c = day(row, "period_start"), str(row["site"]), str(row["option"])
        p = None if start is None else calendar.period_at(start)
        if p is None or s not in data.system.first_service or c not in data.options:
            findings.append(Finding("cooling.option", row_name, "no such period, site or option"))
            continue
        if chosen.setdefault(s, c) != c or (s, p) in seen:
            findings.append(Finding("cooling.one_option", row_name, f"{s} has {chosen[s]} already"))
        seen.add((s, p))
        it_mw = number(row, "it_mw")
        if not is_near(it_mw, service.get((s, p), 0.0)):
            what = f"service is {service.get((s, p), 0.0):.6f} MW"
            findings.append(Finding("cooling.split", row_name, what))
        expected = _cells(data, c, p, it_mw)
        for column in ("facility_mw", "water_m3"):
            if not is_same(number(row, column), number(expected, column)):
                what = f"{column} should be {number(expected, column):.6f}"
                findings.append(Finding(f"cooling.{column}", row_name, what))
        yearly = present_year(calendar, p) * data.options[c].usd_per_it_mw_year
        add_to(cost, {p: yearly * it_mw})
    for s, p in sorted(set(service) - seen):
        if service[s, p] > 0:
            what = f"load on {calendar.starts[p]} without cooling"
            findings.append(Finding("cooling.split", f"site {s}", what))
    findings += _audit_racks(data, tables, chosen)
    return AuditResult(tuple(findings), cost)


def _audit_racks(
    data: CoolingData, tables: Mapping[str, Table], chosen: Mapping[str, str]
) -> Iterator[Finding]:
    """No workload whose racks are too dense for its site's cooling."""
    for row_name, row in rows_of(tables, "service"):
        option = data.options.get(chosen.get(str(row["site"]), ""))
        rack_kw = data.system.rack_kw.get(str(row["workload"]))
        if option is None or rack_kw is None or option.can_cool(rack_kw):
            continue
        if exceeds(number(row, "it_mw"), 0.0):
            what = f"racks of {rack_kw:g} kW, cooled up to {option.max_rack_kw:g}"
            yield Finding("cooling.rack_density", row_name, what)


def check(system: System, config: CoolingConfig) -> list[Issue]:
    """Every workload can be cooled by some option."""
    densest = max(option.max_rack_kw or 0.0 for option in config.options.values())
    return [
        Issue(
            f"components.workloads.kinds.{workload}.rack_kw",
            f"racks of {rack_kw:g} kW, which no option of components.cooling can cool",
            f"at most {densest:g}",
            "Lower it, or add an option for such racks to components.cooling.options",
        )
        for workload, rack_kw in sorted(system.rack_kw.items())
        if not any(option.can_cool(rack_kw) for option in config.options.values())
    ]


COMPONENT = Component(
    name="cooling",
    config=CoolingConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy",),
    tables={"options": CoolingOption},
    formulation=__doc__ or "",
)
