"""Large loads that have a contract or are being built: they take headroom and accredited surplus first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from geo_bases import BASES
from geo_facts import Fact, Row, joined, optional
from geo_needs import confidence_of

STAGES = ("agreement", "agreement (construction letter)", "under construction")
AS_OF = "2026-11"
"""From when a load with a contract and no date of service takes what it has contracted."""
COMMITTED = "Georgia Power, commitments that broke ground"
"""The only published share of contracted load that is under construction."""
LEFT_OUT = {
    "Georgia Power, committed against pipeline": "the same contracts as those listed by year",
    COMMITTED: "the same contracts as those listed by year",
    "Spot loads in MTEP25": "may hold the other loads of the zone",
}


def rival_rows(facts: Iterable[Fact]) -> list[Row]:
    """Rows of ``rivals.csv``; loads that are listed by cumulative MW are parted by year."""
    facts = list(facts)
    completed = next(c for f in facts if f["rival"] == COMMITTED and (c := _share(f)) is not None)
    holds = {zone: basis.holds_large_loads for (zone, _), basis in BASES.items()}
    rows: list[Row] = []
    before: dict[tuple[str, str], float] = {}
    for fact in facts:
        if why_left_out(fact) is not None:
            continue
        key = (fact["zone_id"], fact["rival"])
        mw = float(fact["mw"]) - before.get(key, 0.0)
        before[key] = float(fact["mw"])
        rows.append(_row(fact, round(mw, 1), completed, holds))
    return sorted(rows, key=lambda row: str(row["rival_id"]))


def why_left_out(fact: Fact) -> str | None:
    """Why a load is none of the rivals, or None."""
    if fact["stage"] not in STAGES:
        return "no contract"
    if not fact["mw"]:
        return "no MW"
    if ";" in fact["zone_id"]:
        return "not parted by zone"
    return LEFT_OUT.get(fact["rival"])


def _share(fact: Fact) -> float | None:
    """Stated probability of completion."""
    return optional(fact, "completion_probability")


def _row(fact: Fact, mw: float, completed: float, holds: Mapping[str, bool]) -> Row:
    """A rival."""
    zone, own = fact["zone_id"], _share(fact)
    year = re.match(r"20\d\d", fact["expected_date"])
    is_future = year is not None and int(year[0]) > int(AS_OF[:4])
    is_built = fact["stage"] == "under construction"
    estimated = [] if is_future else ["in_service"]
    estimated += [] if own is not None else ["probability_frac"]
    words = "_".join(re.findall(r"[a-z0-9]+", fact["rival"].lower()))[:40].strip("_")
    date = f"{year[0]}-01" if is_future and year else AS_OF
    return {
        "rival_id": f"{zone}.{words}.{date[:4]}",
        "name": fact["rival"],
        "zone": zone,
        "draw_mw": mw,
        "in_service": date,
        "probability_frac": own if own is not None else 1.0 if is_built else completed,
        "is_in_forecast": holds[zone],
        "stage": fact["stage"],
        "note": fact["note"],
        "estimated": joined(estimated),
        "source": fact["source"],
        "source_url": fact["source_url"],
        "confidence": confidence_of(fact) if is_future else "low",
    }


def rivals_rule(facts: Iterable[Fact]) -> str:
    """Which loads are rivals, for the catalogue."""
    told = "; ".join(
        f"{fact['rival']} ({fact['zone_id']}): {why}"
        for fact in facts
        if (why := why_left_out(fact)) not in (None, "no contract")
    )
    return (
        "Loads with a contract or under construction; requests, inquiries and plans are left out, as "
        f"are: {told}. What is contracted without a date of service takes its headroom from {AS_OF} on. "
        "Under construction counts whole, a contract without a stated share by the 0.66 of Georgia's "
        "that broke ground, a floor. is_in_forecast says that the load behind the zone's surplus holds "
        "such loads already (zone_needs.csv): then they take headroom only."
    )
