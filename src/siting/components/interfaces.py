r"""Interfaces: firm power that one zone sends another, within limits and less losses.

Question: may a zone use the headroom and the accredited supply of its neighbours, and how much?
Assumptions: what a zone receives adds to its firm supply, in ``adequacy``, ``headroom``,
``curtailment`` and ``ratepayer`` alike; what it sends is missing there. Flows are transport flows,
free in either direction up to the limit of the interface, and may pass through zones.

Formulation
-----------
    (interface_limit)  t[i,a,p] <= T[i,a]                    a bound of the variable
    firm supply        Fz[z,p] += sum_{(i,a) to z} (1 - L[i]) * t[i,a,p] - sum_{(i,a) from z} t[i,a,p]
    with               L[i] = stated, or K[i] * l / 1000

Symbols
-------
    t[i,a,p]  power sent over interface i in direction a, forward or reverse   MW
    T         transfer capability in that direction                            MW
    L, K      losses, length of the interface                                  share, km
    l         losses of 1,000 km                                               share
    Fz        firm supply of a zone, ledger ``zone_firm_mw``                   MW

Sources: capabilities such as NREL ReEDS, transmission_capacity_init_AC_ba_NARIS2024; its losses are
1 % for 100 miles, 0.62 % for 100 km (ReEDS documentation, transmission).
Limits: no loop flows (``network`` has them), no charge for transfers, no new interfaces; energy is
bought at the price of the zone in which it is drawn, its losses are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from siting.components.base import Build, Component, Values
from siting.components.whole import at
from siting.core.audit import AuditResult, Finding, exceeds, is_near, number, rows_of
from siting.core.errors import Issue
from siting.core.records import Record
from siting.core.strict import Identifier, NonNegative, Share, StrictModel
from siting.core.system import System
from siting.core.table import Cell, Table

KM = 1000.0
FORWARD, REVERSE = "forward", "reverse"


class Interface(Record):
    """Transfer capability between two zones."""

    from_zone: Identifier
    to_zone: Identifier
    forward_mw: NonNegative
    """Most that is sent from ``from_zone`` [MW]."""
    reverse_mw: NonNegative
    """Most that is sent from ``to_zone`` [MW]."""
    distance_km: NonNegative = 0.0
    loss_frac: Share | None = None
    """Share of what is sent that is lost; the default follows from the distance."""


class InterfacesConfig(StrictModel):
    """Settings of ``interfaces``."""

    limits: dict[Identifier, Interface]
    loss_frac_per_1000_km: Share = 0.062
    """Losses of 1,000 km; ReEDS takes 1 % for 100 miles."""

    def loss(self, name: str) -> float:
        """Share that an interface loses."""
        record = self.limits[name]
        if record.loss_frac is not None:
            return record.loss_frac
        return min(1.0, self.loss_frac_per_1000_km * record.distance_km / KM)


@dataclass(frozen=True)
class InterfacesData:
    """Numbers of the formulas; ``ends`` and ``most_mw`` by interface and direction."""

    system: System
    ends: Mapping[tuple[str, str], tuple[str, str]]
    most_mw: Mapping[tuple[str, str], float]
    loss: Mapping[str, float]


def prepare(system: System, config: InterfacesConfig) -> InterfacesData:
    """Directions that can carry anything."""
    ends: dict[tuple[str, str], tuple[str, str]] = {}
    most: dict[tuple[str, str], float] = {}
    for name, record in sorted(config.limits.items()):
        for way, mw, start, end in (
            (FORWARD, record.forward_mw, record.from_zone, record.to_zone),
            (REVERSE, record.reverse_mw, record.to_zone, record.from_zone),
        ):
            if mw > 0:
                ends[name, way] = start, end
                most[name, way] = mw
    return InterfacesData(system, ends, most, {name: config.loss(name) for name in config.limits})


def useful(system: System, config: InterfacesConfig) -> dict[str, float]:
    """What each zone can send [MW]."""
    total: dict[str, float] = {}
    data = prepare(system, config)
    for key, (start, _) in data.ends.items():
        total[start] = total.get(start, 0.0) + data.most_mw[key]
    return total


def declare(build: Build, data: InterfacesData) -> None:
    """Declare transfers; move firm supply from zone to zone."""
    periods = data.system.calendar.periods
    index = [(*key, p) for key in data.ends for p in periods]
    sent = build.variable(
        "sent_mw", index, upper=lambda name, way, p: at(data.most_mw, name, way), doc="power sent"
    )
    for (name, way), (start, end) in data.ends.items():
        for p in periods:
            build.add("zone_firm_mw", (start, p), -sent[name, way, p])
            build.add("zone_sent_mw", (start, p), sent[name, way, p])
            build.add("zone_firm_mw", (end, p), (1 - data.loss[name]) * sent[name, way, p])


def constrain(build: Build, data: InterfacesData) -> None:
    """The limits are bounds of the variables."""


COLUMNS = ("period_start", "interface", "from_zone", "to_zone", "sent_mw", "arrived_mw", "limit_mw")


def _row(data: InterfacesData, key: tuple[str, str], p: int, sent_mw: float) -> dict[str, Cell]:
    """What is sent over an interface in one direction."""
    start, end = data.ends[key]
    return {
        "period_start": data.system.calendar.starts[p],
        "interface": key[0],
        "from_zone": start,
        "to_zone": end,
        "sent_mw": sent_mw,
        "arrived_mw": (1 - data.loss[key[0]]) * sent_mw,
        "limit_mw": data.most_mw[key],
    }


def _rows(data: InterfacesData, values: Values) -> Iterator[dict[str, Cell]]:
    """Transfers in use, by period."""
    for p in data.system.calendar.periods:
        for key in data.ends:
            sent = values.get("interfaces.sent_mw", (*key, p))
            if sent > 0:
                yield _row(data, key, p, sent)


def report(values: Values, data: InterfacesData) -> dict[str, Table]:
    """What is sent, what arrives, and the limit."""
    return {"transfers": Table.of(COLUMNS, _rows(data, values))}


def audit(data: InterfacesData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check limits and losses; the families that use the supply recompute it from this table."""
    calendar = data.system.calendar
    ways = {(name, *ends): (name, way) for (name, way), ends in data.ends.items()}
    findings, seen = [], set()
    for row_name, row in rows_of(tables, "transfers"):
        key = ways.get((str(row["interface"]), str(row["from_zone"]), str(row["to_zone"])))
        starts = [p for p in calendar.periods if calendar.starts[p] == row["period_start"]]
        if key is None or not starts or (key, starts[0]) in seen:
            findings.append(Finding("interfaces.transfer", row_name, "not one of an interface"))
            continue
        seen.add((key, starts[0]))
        sent = number(row, "sent_mw")
        expected = _row(data, key, starts[0], sent)
        for column in ("arrived_mw", "limit_mw"):
            if not is_near(number(row, column), float(str(expected[column]))):
                what = f"{column} is {row[column]}, should be {expected[column]}"
                findings.append(Finding("interfaces.loss", row_name, what))
        if sent < 0 or exceeds(sent, data.most_mw[key]):
            what = f"{sent:.3f} MW of {data.most_mw[key]:g}"
            findings.append(Finding("interfaces.interface_limit", row_name, what))
    return AuditResult(tuple(findings))


def check(system: System, config: InterfacesConfig) -> list[Issue]:
    """Two known zones each."""
    issues = []
    for name, record in config.limits.items():
        where = f"components.interfaces.limits.{name}"
        for field in ("from_zone", "to_zone"):
            zone = getattr(record, field)
            if zone not in system.zones:
                known = f"one of {sorted(system.zones)[:8]}"
                issues.append(
                    Issue(f"{where}.{field}", f"unknown zone '{zone}'", known, "Correct it")
                )
        if record.from_zone == record.to_zone:
            issues.append(Issue(where, "both ends in one zone", "two zones", "Remove it"))
    return issues


COMPONENT = Component(
    name="interfaces",
    config=InterfacesConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    useful=useful,
    requires=("energy",),
    tables={"limits": Interface},
    formulation=__doc__ or "",
)
