"""Run ``siting headroom loads``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from rich.table import Table as Grid

from siting.cli.show import Show
from siting.core.errors import InputError, Issue
from siting.core.resources import builtin_path
from siting.core.table import Row, Table
from siting.demand.clean import CleanLoads, check_units, clean
from siting.demand.curve import RATES, Season, TierHeadroom, seasons, tiers
from siting.demand.read import read_loads
from siting.outputs.folder import check_target
from siting.outputs.headroom import write_headroom

COLUMNS = (
    "zone", "curtailment_rate", "headroom_mw", "curtailed_hours_per_year", "summer_hours_per_year",
    "winter_hours_per_year", "events_per_year", "mean_event_hours", "longest_event_hours",
    "half_kept_frac", "summer_energy_frac", "summer_peak_mw", "winter_peak_mw", "years",
    "filled_hours", "spikes", "longest_gap_hours", "source",
)  # fmt: skip
TIERS = {0.0025: "0_25pct", 0.005: "0_5pct", 0.01: "1pct", 0.05: "5pct"}
METHOD = "Norris et al., Rethinking Load Growth, Duke University, 2025"


def run(
    files: Sequence[Path],
    output: Path | None,
    rates: Sequence[float] | None,
    zones: Sequence[str] | None,
    unit: str,
    show: Show,
) -> None:
    """Read, clean, compute and write."""
    chosen = tuple(sorted(set(rates or RATES)))
    bad = [rate for rate in chosen if not 0 < rate < 0.5]
    if bad:
        expected = "a share above 0 and below 0.5, for instance 0.005"
        raise InputError([Issue("--rate", f"{rate:g}", expected, "Correct it") for rate in bad])
    if output is not None:
        check_target(output)
    name = files[0].name if len(files) == 1 else f"{len(files)} files"
    with show.busy("reading hourly demand"):
        given = read_loads(files, unit, zones)
        issues = check_units(given.demand_mw, known_peaks(), name)
        if issues:
            raise InputError(issues)
        cleaned = clean(given.demand_mw, given.offset_hours)
    notes = [*given.notes, *_notes(cleaned)]
    whole = [area for area in cleaned if area.years]
    if not whole:
        what = "no area has a whole year of demand"
        raise InputError([Issue(name, what, "90 % of the hours of a year", "Add files")])
    found = [
        (area, season, tiers(season, area.hour, len(area.years), chosen))
        for area in whole
        for season in (seasons(area.demand_mw, area.month, f"{name}: {area.zone}"),)
    ]
    tables = {
        "headroom": Table.of(
            COLUMNS,
            [_row(area, season, tier, name) for area, season, all_ in found for tier in all_],
        ),
        "zones": _zones(found, name),
    }
    folder = output or "DIR"
    snippet = (
        f"zones: {{file: {folder}/headroom.csv, id_column: zone, "
        f'where: {{curtailment_rate: ["{chosen[0]:g}"]}}}}'
    )
    summary = {
        "method": METHOD,
        "source": [file.name for file in files],
        "unit": unit,
        "zones": len(whole),
        "total_headroom_mw": {
            f"{rate:g}": round(sum(all_[i].headroom_mw for *_, all_ in found), 3)
            for i, rate in enumerate(chosen)
        },
        "notes": notes,
        "scenario": snippet,
        "generated_by": f"siting {version('siting')}",
    }
    if output is not None:
        write_headroom(output, tables, summary)
    show.result(
        {**summary, "rows": [dict(row) for row in tables["headroom"]]},
        [
            _grid(found),
            *(f"  {note}" for note in notes),
            *([f"Written to {output}/"] if output else []),
            "As zones of a scenario, at one rate; the other fields of each zone go under records:",
            f"  {snippet}",
            "With the peaks and all published tiers:",
            f"  zones: {{file: {folder}/zones.csv, id_column: zone}}",
        ],
    )


def known_peaks() -> dict[str, float]:
    """Larger peak of each built-in zone [MW]."""
    data = json.loads(builtin_path("data/geo/grid_zones.geojson").read_text(encoding="utf-8"))
    rows = (feature["properties"] for feature in data["features"])
    peaks = {r["id"]: max(r["summer_peak_mw"] or 0, r["winter_peak_mw"] or 0) for r in rows}
    return {zone: peak for zone, peak in peaks.items() if peak}


def _notes(cleaned: Sequence[CleanLoads]) -> list[str]:
    """What was changed in each area, in words."""
    notes = []
    for area in cleaned:
        parts = []
        if area.dropped_years:
            dropped = ", ".join(map(str, area.dropped_years))
            parts.append(f"{dropped} left out, with less than 90 % of the hours")
        if area.filled:
            parts.append(
                f"{area.filled} hours filled in, {area.spikes} of them spikes and "
                f"{area.not_positive} not positive, the longest gap {area.longest_gap_hours} h"
            )
        if parts:
            notes.append(f"{area.zone}: {'; '.join(parts)}")
    return notes


def _row(area: CleanLoads, season: Season, tier: TierHeadroom, name: str) -> Row:
    """A row of ``headroom.csv``."""
    return {
        "zone": area.zone,
        "curtailment_rate": tier.curtailment_rate,
        "headroom_mw": round(tier.headroom_mw, 3),
        "curtailed_hours_per_year": round(tier.curtailed_hours_per_year, 3),
        "summer_hours_per_year": round(tier.summer_hours_per_year, 3),
        "winter_hours_per_year": round(tier.winter_hours_per_year, 3),
        "events_per_year": round(tier.events_per_year, 3),
        "mean_event_hours": round(tier.mean_event_hours, 3),
        "longest_event_hours": tier.longest_event_hours,
        "half_kept_frac": round(tier.half_kept_frac, 6),
        "summer_energy_frac": round(tier.summer_energy_frac, 6),
        "summer_peak_mw": season.summer_peak_mw,
        "winter_peak_mw": season.winter_peak_mw,
        "years": " ".join(map(str, area.years)),
        "filled_hours": area.filled,
        "spikes": area.spikes,
        "longest_gap_hours": area.longest_gap_hours,
        "source": f"Computed from {name} by the method of {METHOD}",
    }


def _zones(
    found: Sequence[tuple[CleanLoads, Season, tuple[TierHeadroom, ...]]], name: str
) -> Table:
    """One row a zone, with the fields of a scenario's zones."""
    rates = [tier.curtailment_rate for tier in found[0][2] if tier.curtailment_rate in TIERS]
    fields = [f"headroom_mw_{TIERS[rate]}" for rate in rates]
    rows: list[Row] = []
    for area, season, all_ in found:
        by_rate = {tier.curtailment_rate: round(tier.headroom_mw, 3) for tier in all_}
        rows.append(
            {
                "zone": area.zone,
                "summer_peak_mw": season.summer_peak_mw,
                "winter_peak_mw": season.winter_peak_mw,
                **{f"headroom_mw_{TIERS[rate]}": by_rate[rate] for rate in rates},
                "source": f"Computed from {name} by the method of {METHOD}",
            }
        )
    return Table.of(("zone", "summer_peak_mw", "winter_peak_mw", *fields, "source"), rows)


def _grid(found: Sequence[tuple[CleanLoads, Season, tuple[TierHeadroom, ...]]]) -> Grid:
    """Headroom by zone and rate, for people."""
    grid = Grid(title="Headroom [MW], with curtailed hours a year")
    grid.add_column("zone")
    grid.add_column("years", justify="right")
    for tier in found[0][2]:
        grid.add_column(f"{tier.curtailment_rate:.2%}", justify="right")
    for area, _, all_ in found:
        cells = [f"{t.headroom_mw:,.0f} ({t.curtailed_hours_per_year:,.0f} h)" for t in all_]
        grid.add_row(area.zone, str(len(area.years)), *cells)
    return grid
