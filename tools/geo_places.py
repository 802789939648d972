"""Balancing area of every site, from ``zones_geography.md``, and the areas that only it names."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from geo_facts import Fact, Row, joined, optional, required

FILE = "zones_geography.md"
SOURCE = "Balancing area of each federal site (research note, November 2026)"
CONFIDENCE = {"H": "high", "M": "medium", "L": "low"}
TOLD: dict[str, tuple[str, ...]] = {
    "BLM-AMARGOSA": ("NEVP",),
    "BLM-BRENDA": ("CAISO",),
    "BLM-IMPERIAL-EAST": ("CAISO",),
    "DOE-NNSS": ("NEVP",),
    "DOE-PADUCAH": ("LGEE", "MISO"),
}
"""Other areas that the evidence of a correction names for a site."""
ALSO_CALLED = {"LGEE": "LG&E-KU"}
NEW_ZONES = {
    "EPE": ("El Paso Electric", "WECC-Southwest"),
    "IID": ("Imperial Irrigation District", "WECC-Southwest"),
    "LGEE": ("Louisville Gas and Electric and Kentucky Utilities", "SERC-Central"),
    "TEPC": ("Tucson Electric Power", "WECC-Southwest"),
    "WALC": ("WAPA Desert Southwest", "WECC-Southwest"),
}
"""Name and NERC area of the zones that ``grid_zones.csv`` does not hold."""
PEAK_ROWS = ("peak_load_mw", "organic_peak_load_mw")
PER_PEAK = tuple(f"headroom_gw_at_{tier}pct" for tier in ("0_25", "0_5", "1_0", "5_0"))
TEXT = ("zone", "name", "nerc_assessment_area", "notes", "unverified_fields", "source")


@dataclass(frozen=True)
class Area:
    """Balancing area of a site."""

    zone: str | None
    confidence: str
    note: str
    alternatives: tuple[str, ...]


def read_areas(folder: Path) -> dict[str, Area]:
    """Balancing area of each site, its evidence, and the areas that are possible instead."""
    text = (folder / FILE).read_text(encoding="utf-8")
    corrections, kept, all_sites = (
        _rows(text, title) for title in ("## Corrections", "Ambiguous,", "## All sites")
    )
    evidence = {site: row for row in corrections for site in row[0].split(", ")}
    others = {site: row for row in kept for site in row[0].split(", ")}
    areas: dict[str, Area] = {}
    for row in all_sites:
        site, right = row[0], re.sub(r"[*]", "", row[2])
        zone = None if right.startswith("Alaska") else right.split()[0].rstrip(",")
        told = evidence.get(site)
        _check_told(site, told)
        note = told[4] if told else others[site][3] if site in others else ""
        named = _codes(others[site][2]) if site in others else TOLD.get(site, ())
        areas[site] = Area(zone, CONFIDENCE[row[3]], note, tuple(z for z in named if z != zone))
    return areas


def _rows(text: str, title: str) -> list[list[str]]:
    """Rows of the table after a title."""
    rows: list[list[str]] = []
    for line in text[text.index(title) :].splitlines()[1:]:
        if line.startswith("| ") and not line.startswith("| site_id"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows and not line.startswith("|"):
            break
    return rows


def _codes(text: str) -> tuple[str, ...]:
    """Codes of balancing areas in a cell such as ``WACM (Tri-State members)``."""
    return tuple(re.findall(r"\b[A-Z]{2,6}\b", re.sub(r"\([^)]*\)", "", text)))


def _check_told(site: str, row: list[str] | None) -> None:
    """Alternatives in this module stand in the evidence that they are said to come from."""
    for zone in TOLD.get(site, ()):
        if row is None or (zone not in " ".join(row) and ALSO_CALLED[zone] not in " ".join(row)):
            raise ValueError(f"the evidence of {site} does not name {zone}")


def with_new_zones(
    facts: Mapping[str, Fact],
    yearly: Iterable[Fact],
    sites: Iterable[Fact],
    areas: Mapping[str, Area],
) -> dict[str, Fact]:
    """Facts of all zones: those of the table, and those that follow for the areas without a row."""
    peaks = {zone: _peaks(zone, yearly := list(yearly)) for zone in NEW_ZONES}
    near: dict[str, list[Fact]] = {zone: [] for zone in NEW_ZONES}
    for site in sites:
        area = areas[site["site_id"]]
        for zone in {area.zone, *area.alternatives} & set(NEW_ZONES):
            near[str(zone)].append(site)
    new = {zone: _new_zone(zone, facts, peaks[zone], near[zone]) for zone in NEW_ZONES}
    return dict(sorted({**facts, **new}.items()))


def _peaks(zone: str, yearly: list[Fact]) -> dict[str, float]:
    """Peak of each season [MW]: the earliest stated, else that of a planning case."""
    found: dict[str, float] = {}
    for quantity in PEAK_ROWS:
        rows = [r for r in yearly if (r["zone_id"], r["quantity"]) == (zone, quantity)]
        for row in sorted((r for r in rows if r["value"]), key=lambda r: r["year"]):
            found.setdefault(row["season"], required(row, "value"))
    return found


def _new_zone(
    zone: str, facts: Mapping[str, Fact], peaks: Mapping[str, float], sites: list[Fact]
) -> Fact:
    """A zone without a row: medians of its NERC area, headroom by its peak, the place of its sites."""
    name, area = NEW_ZONES[zone]
    alike = [fact for fact in facts.values() if fact["nerc_assessment_area"] == area]
    row = {column: _median(alike, column) for column in alike[0]}
    gw = {season: peaks[season] / 1000 for season in ("summer", "winter")}
    for column in PER_PEAK:
        shares = [required(f, column) / required(f, "summer_peak_gw_2016_2024") for f in alike]
        row[column] = f"{statistics.median(shares) * gw['summer']:.3f}"
    return {
        **row,
        "zone": zone,
        "name": name,
        "nerc_assessment_area": area,
        **{f"{season}_peak_gw_2016_2024": f"{gw[season]:.3f}" for season in gw},
        "duke_published_headroom_gw_at_0_5pct": "",
        "centroid_lat": f"{statistics.mean(required(s, 'latitude') for s in sites):.2f}",
        "centroid_lon": f"{statistics.mean(required(s, 'longitude') for s in sites):.2f}",
        "notes": "",
        "unverified_fields": "all of a zone without a row",
        "source": f"By rule 'new_zone' from {', '.join(f['zone'] for f in alike)}; peaks: "
        "zones_by_year.csv",
        "confidence": "low",
    }


def _median(alike: list[Fact], column: str) -> str:
    """Median of a column of numbers; the first cell of one of text."""
    if column in TEXT:
        return ""
    try:
        known = [value for fact in alike if (value := optional(fact, column)) is not None]
    except ValueError:
        return alike[0][column]
    return f"{statistics.median(known):g}" if known else ""


def alternatives_rule(areas: Mapping[str, Area]) -> str:
    """Which sites may lie in another zone, for the catalogue."""
    known = "; ".join(
        f"{site} {area.zone} or {', '.join(area.alternatives)}"
        for site, area in areas.items()
        if area.alternatives
    )
    return (
        "zone is the balancing area whose reserve, price and rules bind a new load at the site. Where "
        f"sources name another, zone_alternatives keeps it and zone_note says why: {known}. A scenario "
        "chooses with records of its sites, for instance {DOE-PADUCAH: {zone: MISO}}. Sites in Alaska "
        "have neither zone nor node: the Railbelt is in no interconnection of these data."
    )


def located(sites: Mapping[str, Fact], areas: Mapping[str, Area]) -> dict[str, Fact]:
    """Facts of sites with the balancing area that the note gives in place of their own."""
    return {site: {**fact, "grid_zone": areas[site].zone or ""} for site, fact in sites.items()}


def with_areas(rows: Iterable[Row], areas: Mapping[str, Area]) -> None:
    """Say of each site how sure its zone is, which other is possible, and why."""
    for row in rows:
        area = areas[str(row["id"])]
        estimated = {name for name in str(row["estimated"]).split(";") if name} - {"zone"}
        if area.confidence == "low":
            estimated.add("zone")
        row["estimated"] = joined(estimated)
        row["zone_confidence"] = area.confidence
        row["zone_alternatives"] = joined(area.alternatives)
        row["zone_note"] = area.note
