"""Tariffs for large loads: a contract that may only grow, a minimum that is billed on it, and a deposit.
The formulation stands in ``energy``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from siting.core import bill
from siting.core.audit import Finding, compare_tables, sum_by
from siting.core.bill import Bill, charge
from siting.core.calendar import add_months
from siting.core.finance import present_year, present_years
from siting.core.system import System
from siting.core.table import Cell, Table, Tables
from siting.core.units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from siting.expressions.labels import Expr, Label, Relation, at
from siting.families.base import Build, Values
from siting.families.energy.settings import EnergyConfig, Tariff

TARIFF_COLUMNS = (
    "period_start",
    "site",
    "contract_mw",
    "minimum_mw",
    "billed_beyond_draw_mw",
    "deposit_usd",
    "contract_until",
    "exit_usd",
)
SitePeriod = tuple[str, int]


@dataclass(frozen=True)
class TariffData:
    """Numbers of the formulas.

    Attributes:
        of: tariff of each site that has one. periods: its sites and the periods in which they may draw.
        demand_usd: charge on a MW that is billed for a year, by site and period.
        deposit_rate_frac: what a deposit costs a year.
    """

    system: System
    of: Mapping[str, Tariff]
    periods: tuple[SitePeriod, ...]
    demand_usd: Mapping[SitePeriod, float]
    deposit_rate_frac: float


def prepare_tariffs(
    system: System, config: EnergyConfig, network_usd: Mapping[SitePeriod, float]
) -> TariffData:
    """The tariff of each site, and the network charge of its zone as what is billed."""
    by_zone = {tariff.zone: tariff for _, tariff in sorted(config.tariffs.items())}
    of = {
        s: by_zone[str(system.sites[s].zone)]
        for s in system.node_of
        if s in system.first_service and system.sites[s].zone in by_zone
    }
    pairs = tuple((s, p) for s, p in system.grid_periods if s in of)
    return TariffData(
        system=system,
        of=of,
        periods=pairs,
        demand_usd={(s, p): network_usd[str(system.sites[s].zone), p] for s, p in pairs},
        deposit_rate_frac=system.calendar.capital_rate_frac("campus"),
    )


def declare_tariffs(build: Build, data: TariffData) -> None:
    """The contract of each site and what is billed beyond its draw; both are paid for."""
    contract = build.variable("contract_mw", data.periods, doc="contracted under a tariff")
    beyond = build.variable("beyond_mw", data.periods, doc="billed beyond the draw")
    years = present_years(data.system.calendar)
    deposit = {
        s: data.deposit_rate_frac * tariff.deposit_usd_per_mw for s, tariff in data.of.items()
    }

    def deposit_usd(s: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(years, p) * at(deposit, s) * contract[s, p]

    def beyond_usd(s: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(years, p) * at(data.demand_usd, s, p) * beyond[s, p]

    build.cost_each(data.periods, deposit_usd)
    build.cost_each(data.periods, beyond_usd)


def constrain_tariffs(build: Build, data: TariffData) -> None:
    """A contract holds the draw and what was contracted before; its minimum is billed."""
    contract, beyond = build.variables["contract_mw"], build.variables["beyond_mw"]
    draw = build.variables["grid_mw"]
    known = set(data.periods)
    later = [(s, p) for s, p in data.periods if (s, p - 1) in known]
    take = {s: tariff.minimum_take_frac for s, tariff in data.of.items()}

    @build.constraint(over=list(data.periods), doc="draw under contract", unit="MW")
    def contracted(s: Label, p: Label) -> Relation:
        return draw[s, p] <= contract[s, p]

    @build.constraint(over=later, doc="contract kept", unit="MW")
    def contract_kept(s: Label, p: Label) -> Relation:
        return contract[s, p - 1] <= contract[s, p]

    @build.constraint(over=list(data.periods), doc="minimum take", unit="MW")
    def minimum_take(s: Label, p: Label) -> Relation:
        return at(take, s) * contract[s, p] <= draw[s, p] + beyond[s, p]


def tariff_rows(data: TariffData, draw: Mapping[SitePeriod, float]) -> Iterator[dict[str, Cell]]:
    """What each site has contracted, is billed beyond its draw, has deposited, and would owe on leaving:
    the minimum bills of the years that are left of its contract."""
    calendar = data.system.calendar
    most: dict[str, float] = {}
    first: dict[str, date] = {}
    for s, p in sorted(data.periods, key=lambda pair: (pair[1], pair[0])):
        tariff, start = data.of[s], calendar.starts[p]
        most[s] = max(most.get(s, 0.0), draw.get((s, p), 0.0))
        if most[s] <= 0:
            continue
        until = add_months(first.setdefault(s, start), MONTHS_PER_YEAR * tariff.contract_years)
        minimum = tariff.minimum_take_frac * most[s]
        left = max(0.0, (until - start).days / DAYS_PER_YEAR)
        yield {
            "period_start": start,
            "site": s,
            "contract_mw": most[s],
            "minimum_mw": minimum,
            "billed_beyond_draw_mw": max(0.0, minimum - draw.get((s, p), 0.0)),
            "deposit_usd": tariff.deposit_usd_per_mw * most[s],
            "contract_until": until,
            "exit_usd": tariff.exit_fee_frac * data.demand_usd[s, p] * minimum * left,
        }


def tariff_table(values: Values, data: TariffData) -> Table:
    """Contracts under tariffs, from the solved draw."""
    draw = {(s, p): values.get("energy.grid_mw", (s, p)) for s, p in data.periods}
    return Table.of(TARIFF_COLUMNS, tariff_rows(data, draw))


def audit_tariffs(data: TariffData, tables: Tables, cost: Bill) -> Iterator[Finding]:
    """Findings of contracts under tariffs; adds what is paid for them."""
    calendar = data.system.calendar
    draw = sum_by(tables, "power", ("site",), "grid_mw", calendar)
    expected = Table.of(TARIFF_COLUMNS, tariff_rows(data, draw))
    for row in expected:
        s, start = str(row["site"]), row["period_start"]
        p = next(q for q in calendar.periods if calendar.starts[q] == start)
        deposit = data.deposit_rate_frac * float(str(row["deposit_usd"]))
        beyond = data.demand_usd[s, p] * float(str(row["billed_beyond_draw_mw"]))
        charge(cost, bill.site(s), {p: present_year(calendar, p) * (deposit + beyond)})
    keys = ("period_start", "site")
    yield from compare_tables("energy.tariffs", "tariffs", tables.get("tariffs"), expected, keys)
