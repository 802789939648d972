"""What a point of interconnection serves with one circuit out, and what lines and reconductoring add."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geo_facts import Fact, Row, required

DOLLAR_YEAR = 2024
"""Dollars of the MISO guide, which hold the allowance for funds used during construction."""
KM_PER_MILE = 1.609344
LINE_MILES = 50
"""Length of new lines and of lines that are reconductored."""
THERMAL_UP_TO_KV = 230
"""Voltage up to which lines are usually short enough that their wire limits them."""
POWER_FACTOR = 0.95
ENDS = 2
CIRCUITS = 2
"""Circuits of a new line: one of them may be out."""
SOURCE = "MISO Transmission Cost Estimation Guide MTEP24 (interconnection_costs.csv)"
UNDER_50 = "lines under 50 miles"


@dataclass(frozen=True)
class PointClass:
    """What a point of a voltage class serves with one circuit out [MW]."""

    circuits: str
    low_mw: float
    typical_mw: float
    high_mw: float


class PointFacts:
    """Recommended classes of points, costs of lines and positions, and what reconductoring gains."""

    def __init__(
        self, classes: Iterable[Fact], costs: Iterable[Fact], timelines: Mapping[str, Fact]
    ) -> None:
        """Keep the recommended rows, and typical costs by item and class."""
        self.classes: dict[float, PointClass] = {}
        for row in classes:
            if row["evidence_type"] == "recommended":
                numbers = [required(row, f"{level}_mw") for level in ("low", "typical", "high")]
                lowest = float(row["voltage_kv"].split("-")[0])
                self.classes[lowest] = PointClass(row["circuits"], *numbers)
        self.typical: dict[tuple[str, str], float] = {}
        for row in costs:
            if row["typical"]:
                key = (f"{row['item']} {row['quantity']}", row["class"])
                self.typical.setdefault(key, required(row, "typical"))
        self.rating_mva = {
            int(found[1]): required(row, "typical")
            for name, row in timelines.items()
            if (found := re.fullmatch(r"line_rating_(\d+)kv", name))
        }

    def of(self, kv: float) -> PointClass:
        """The class of a voltage: the highest that starts at or below it."""
        return self.classes[max(lowest for lowest in self.classes if lowest <= kv)]

    def musd(self, item: str, kv: float) -> float:
        """Typical cost of an item: of the highest class at or below a voltage."""
        known = {
            float(name.split()[0]): usd
            for (of, name), usd in self.typical.items()
            if of == item and re.match(r"\d+ kV$", name)
        }
        return known[max(lowest for lowest in known if lowest <= kv)]

    def two_circuits_musd_per_km(self, kv: float) -> float:
        """Two circuits on one line of towers up to 345 kV, above it two lines."""
        if kv <= 345:
            return self.musd("line_new_double_circuit cost", kv)
        return CIRCUITS * self.musd("line_new_single_circuit cost", kv)

    def new_line_usd(self, kv: float, route_factor: float) -> float:
        """A new line of two circuits with its positions at both ends."""
        km = LINE_MILES * KM_PER_MILE * route_factor
        positions = CIRCUITS * ENDS * self.musd("substation_position one more position", kv)
        return 1e6 * (km * self.two_circuits_musd_per_km(kv) + positions)

    def gain_mw(self, kv: float) -> float:
        """What reconductoring gains at a point with one circuit out: a share of what the line carried,
        of which only some ratings are published; else of what the point serves."""
        share = self.typical["reconductoring MW gain at the POI, N-1", UNDER_50]
        rating = self.rating_mva.get(int(kv))
        return share * (POWER_FACTOR * rating if rating else self.of(kv).typical_mw)

    def reconductoring_usd(self, kv: float) -> float:
        """Wire at a share of the cost of a new line, and a position at both ends."""
        share = self.typical["reconductoring cost relative to a new line", "any"]
        km = LINE_MILES * KM_PER_MILE
        line = share * self.musd("line_new_single_circuit cost", kv)
        positions = ENDS * self.musd("substation_position one more position", kv)
        return 1e6 * (km * line + positions)


def with_points(nodes: Iterable[Row], facts: PointFacts) -> list[Row]:
    """Points with what their class serves, low, typical and high."""
    return [_with_class(node, facts.of(float(node["poi_kv"] or 0))) for node in nodes]


def _with_class(node: Row, found: PointClass) -> Row:
    """A point with the capacity of its class."""
    before = {key: value for key, value in node.items() if key not in ("estimated", "source")}
    confidence = before.pop("confidence")
    return {
        **before,
        "capacity_mw": found.typical_mw,
        "capacity_mw_low": found.low_mw,
        "capacity_mw_high": found.high_mw,
        "circuits": found.circuits,
        "estimated": "capacity_mw;capacity_mw_high;capacity_mw_low;circuits;latitude;longitude",
        "source": "Voltage: HIFLD Transmission Lines (2025) as carried in the IM3 Open Source Data "
        "Center Atlas; capacity by rule 'points', place by rule 'node'",
        "confidence": confidence,
    }


def points_rule(facts: PointFacts) -> dict[str, str]:
    """What points serve and what adds to it, for the catalogue."""
    classes = ", ".join(
        f"from {kv:g} kV {found.low_mw:g}, {found.typical_mw:g}, {found.high_mw:g}"
        for kv, found in sorted(facts.classes.items())
    )
    share = facts.typical["reconductoring MW gain at the POI, N-1", UNDER_50]
    return {
        "points": "capacity_mw is the firm load that a point of its class with two or more circuits serves "
        f"with one of them out; low, typical and high MW {classes}. Low asks for no reinforcement, typical "
        "for a station and one reinforcement, high for several new circuits (poi_headroom_by_class.csv, a "
        "synthesis of circuit ratings, limits on load lost at once and built campuses; low confidence). "
        "Twice the surge impedance loading, as before, is what a line of 100 miles carries and no "
        "headroom. Circuits of a point are those of its class, not counted on a map. Choose with columns: "
        "{capacity_mw: capacity_mw_low}. No network model of a real US grid is public; networks that "
        "`siting headroom network` has read are synthetic, so that none of their figures stands here.",
        "new_line": f"A new line of {CIRCUITS} circuits, {LINE_MILES} miles with the route adder, and its "
        "positions: it takes a point from typical to high. Costs of the MISO guide, dollars of 2024, with "
        "contingency and funds used during construction.",
        "reconductor": f"Up to {THERMAL_UP_TO_KV} kV only, where lines are short enough for their wire to "
        f"limit them: it gains {share:g} of the thermal rating with one circuit out (230 kV: 657 MVA), of "
        "the typical capacity where no rating is published; a third of a new line's cost and two "
        "positions. Longer lines of higher voltage are limited by their reactance, which stays: no gain.",
    }
