"""Requirement and surplus of each zone on one accredited basis, by year and season, with load growth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geo_bases import ASSUMED, BASES, CAN_SERVE, NERC, YEARS
from geo_facts import Fact, Row, capped, joined, required

MARGINS = (
    "nerc_reference_margin_frac",
    "anticipated_reserve_margin_frac",
    "accredited_surplus_mw",
    "surplus_over_utility_target_mw",
    "reserve_requirement_frac",
    "requirement_over_peak_frac",
    "reserve_margin_cdr_frac",
)
"""What two sources may say differently of one zone and year."""


ASSUMED_FRAC = 1.15
STATED = "stated"
WORDS = "a source's words, see the rule"
HELD = "supply held, load grows"
OTHER_TERMS = ("season", "requirement_basis", "area_covered")


def confidence_of(fact: Fact) -> str:
    """Confidence of a fact in the product: low where its source was compiled by a machine or not opened."""
    return capped(fact["confidence"], fact.get("source", ""), fact.get("note", ""))


def on_line(path: Mapping[int, float], year: int) -> float:
    """Value of a year: stated, on the line between stated years, or that of the nearest."""
    before = max((y for y in path if y <= year), default=min(path))
    after = min((y for y in path if y >= year), default=max(path))
    if before >= after:
        return path[after]
    return path[before] + (path[after] - path[before]) * (year - before) / (after - before)


class ZoneFacts:
    """Rows by zone and quantity, the evidence of firm headroom, and the peaks of the zones' records."""

    def __init__(
        self, yearly: Iterable[Fact], evidence: Iterable[Fact], zones: Iterable[Row]
    ) -> None:
        """Keep rows that hold a number."""
        self.rows: dict[tuple[str, str], list[Fact]] = {}
        for row in yearly:
            if row["value"]:
                self.rows.setdefault((row["zone_id"], row["quantity"]), []).append(row)
        firm = [r for r in evidence if r["firm_or_flexible"].startswith("firm") and r["mw"]]
        self.can_serve = {row["zone_id"]: row for row in firm}
        self.peaks = {str(zone["id"]): zone for zone in zones}

    def by_year(self, zone: str, quantity: str, season: str, area: str = "") -> dict[int, Fact]:
        """The rows of a quantity by year: of the season, else of no season."""
        found: dict[int, Fact] = {}
        for row in self.rows.get((zone, quantity), ()):
            if row["season"] in (season, "") and (not area or row["area_covered"] == area):
                found.setdefault(int(row["year"]), row)
        return found

    def values(self, zone: str, quantity: str, season: str, area: str = "") -> dict[int, float]:
        """The same as numbers."""
        found = self.by_year(zone, quantity, season, area)
        return {year: required(row, "value") for year, row in found.items()}

    def organic(self, zone: str, year: int) -> float:
        """Load over that of 2026, before the large loads; 1 until then."""
        return on_line(self.values(zone, "organic_load_index_2026eq1", ""), year)


class Needs:
    """Requirement, peak and surplus of one zone and season."""

    def __init__(self, zone: str, season: str, facts: ZoneFacts) -> None:
        """Take what the zone's basis says."""
        self.zone, self.season, self.facts = zone, season, facts
        self.basis = BASES[zone, season]
        self.forecast = facts.values(zone, self.basis.peaks, season) if self.basis.peaks else {}
        known = "summer" if season == "year" else season
        stated = facts.values(zone, "peak_load_mw", known)
        early = {year: mw for year, mw in stated.items() if year <= YEARS[0] + 2}
        own = {YEARS[0]: float(facts.peaks[zone][f"{known}_peak_mw"] or 0)}
        self.stated_peaks = early or own
        self.stated = self._stated()

    def requirement(self, year: int) -> float:
        """Accredited MW that are required for a MW of peak load; the last stated year holds."""
        quantity = self.basis.requirement
        if quantity in ("", ASSUMED):
            return ASSUMED_FRAC if quantity else 1.0
        values = self.facts.values(self.zone, quantity, self.season)
        past = [known for known in values if known <= year]
        value = values[max(past) if past else min(values)]
        return value if quantity == "requirement_over_peak_frac" else 1 + value

    def peak_mw(self, year: int) -> float:
        """Peak of a year: forecast, on the line between forecast years, else by organic growth."""
        path = self.forecast or self.stated_peaks
        if self.basis.peaks == "area_peak_load_mw":
            path = {y: mw / path[YEARS[0]] * self.own_mw() for y, mw in path.items()}
        last = max(path)
        if year <= last:
            return on_line(path, year)
        return (
            path[last] * self.facts.organic(self.zone, year) / self.facts.organic(self.zone, last)
        )

    def own_mw(self) -> float:
        """Peak of the zone's record."""
        return float(self.facts.peaks[self.zone][f"{self.season}_peak_mw"] or 0)

    def _stated(self) -> dict[int, float]:
        """Surplus by year as a source gives it, or as its margin, reserve or headroom means."""
        basis, facts, zone = self.basis, self.facts, self.zone
        if basis.fixed:
            return dict(basis.fixed)
        if basis.surplus == CAN_SERVE:
            mw = required(facts.can_serve[zone], "mw")
            is_load = basis.requirement == NERC
            return {YEARS[0]: mw * self.requirement(YEARS[0]) if is_load else mw}
        quantity = basis.surplus or "anticipated_reserve_margin_frac"
        values = facts.values(zone, quantity, self.season, basis.area)
        if quantity.endswith("_mw") and quantity != "reserves_mw":
            return values
        if not basis.surplus:
            values = {YEARS[0]: values[YEARS[0]]}
        found = {}
        for year, value in values.items():
            peak, margin = self.peak_mw(year), self.requirement(year) - 1
            held = value if quantity == "reserves_mw" else value * peak
            found[year] = held - margin * peak
        return found

    def surplus_mw(self, year: int) -> tuple[float, str] | None:
        """Surplus of a year and how it came about; None before the first that is stated."""
        past = [known for known in self.stated if known <= year]
        if not past:
            return None
        last = max(past)
        if last == year:
            return self.stated[last], self._how_stated()
        if self.basis.area == "Long Island":
            return on_line(self.stated, year), "on the line between stated years, then held"
        needed = [self.requirement(y) * self.peak_mw(y) for y in (last, year)]
        return self.stated[last] + needed[0] - needed[1], HELD

    def _how_stated(self) -> str:
        """Whether the surplus is a source's own figure, its words, or what its margin means."""
        if self.basis.fixed:
            return WORDS
        is_own = self.basis.surplus.endswith(("surplus_mw", "target_mw"))
        return STATED if is_own else "margin of a source times peak"

    def sources(self, year: int) -> list[Fact]:
        """Rows that the requirement and the surplus of a year stand on."""
        basis, facts = self.basis, self.facts
        quantity = basis.surplus or "anticipated_reserve_margin_frac"
        found = []
        for name, area in ((basis.requirement, ""), (quantity, basis.area)):
            rows = facts.by_year(self.zone, name, self.season, area)
            past = [known for known in rows if known <= year] or list(rows)[:1]
            found += [rows[max(past)]] if past else []
        return found + ([facts.can_serve[self.zone]] if quantity == CAN_SERVE else [])

    def others(self, year: int) -> str:
        """What other rows say of the zone and year that was not taken."""
        taken = [id(row) for row in self.sources(year)]
        found = []
        for quantity in MARGINS:
            for row in self.facts.rows.get((self.zone, quantity), ()):
                if row["year"] == str(year) and id(row) not in taken:
                    terms = ", ".join(row[name] for name in OTHER_TERMS if row[name])
                    found.append(f"{quantity} {row['value']} ({terms})")
        return "; ".join(dict.fromkeys(found))

    def row(self, year: int) -> Row | None:
        """The shipped row of a year."""
        if (found := self.surplus_mw(year)) is None:
            return None
        surplus, method = found
        sources = self.sources(year)
        is_own = method == STATED
        estimated = [] if is_own else ["surplus_mw"]
        levels = [confidence_of(fact) for fact in sources]
        worst = max(levels, key=("high", "medium", "low").index, default="low")
        return {
            "need_id": f"{self.zone}.{self.season}.{year}",
            "zone": self.zone,
            "season": self.season,
            "year": year,
            "requirement_frac": round(self.requirement(year), 5),
            "peak_mw": None if self.basis.area == "Long Island" else round(self.peak_mw(year), 1),
            "surplus_mw": round(surplus, 1),
            "basis": self.basis.basis,
            "holds_large_loads": self.basis.holds_large_loads,
            "method": method,
            "not_taken": self.others(year),
            "estimated": joined([*estimated, *self._guessed_requirement(year)]),
            "source": "; ".join(dict.fromkeys(fact["source"] for fact in sources))
            or "rule 'needs'",
            "source_url": "; ".join(dict.fromkeys(fact["source_url"] for fact in sources)),
            "confidence": worst if is_own or worst == "low" else "low",
        }

    def _guessed_requirement(self, year: int) -> list[str]:
        """``requirement_frac`` where no row of the year itself states it."""
        values = self.facts.by_year(self.zone, self.basis.requirement, self.season)
        return [] if year in values else ["requirement_frac"]


def need_rows(yearly: Iterable[Fact], evidence: Iterable[Fact], zones: Iterable[Row]) -> list[Row]:
    """Rows of ``zone_needs.csv``, sorted."""
    facts = ZoneFacts(yearly, evidence, zones)
    made = (Needs(zone, season, facts) for zone, season in BASES)
    rows = [row for one in made for year in YEARS if (row := one.row(year)) is not None]
    return sorted(rows, key=lambda row: str(row["need_id"]))


def needs_rules() -> dict[str, str]:
    """How requirement and surplus come about, and which source each zone takes, for the catalogue."""
    return {"needs": _needs_rule()} | {
        f"needs.{zone}.{season}": basis.why for (zone, season), basis in sorted(BASES.items())
    }


def _needs_rule() -> str:
    """What holds for all zones."""
    return (
        "requirement_frac is the accredited MW that a zone must hold for each MW of its peak in a "
        "season, on the basis of the row, the last stated year holding afterwards; surplus_mw is what "
        "it holds beyond that, negative where it is short. A year without a stated surplus: the "
        "accredited supply of the latest stated year (surplus + requirement x peak) is held and the "
        "peak grows, by the zone's forecast where one is taken, else by the organic index, the load "
        "before the large ones. Neither supply that is yet to be built nor, by the index, large loads "
        "that are yet to come are counted; a forecast that holds large loads is marked "
        "(holds_large_loads), and their rivals take headroom only. The rules needs.* say which source "
        "a zone takes and why; not_taken in each row is what others say. The margins of "
        "grid_zones.geojson are those of NERC on each area's own counting, and serve scenarios that "
        "state no needs."
    )
