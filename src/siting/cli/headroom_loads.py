"""Run ``siting headroom loads``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from rich.table import Table as Grid

from siting.cli.show import Show
from siting.core.resources import builtin_path
from siting.core.table import Row, Table
from siting.demand.areas import AreaHeadroom, AreasHeadroom, area_headroom
from siting.demand.curve import RATES, TierHeadroom
from siting.outputs.folder import HEADROOM, take_target
from siting.outputs.headroom import write_headroom

COLUMNS = (
    "zone", "curtailment_rate", "headroom_mw", "curtailed_hours_per_year", "summer_hours_per_year",
    "winter_hours_per_year", "events_per_year", "mean_event_hours", "longest_event_hours",
    "half_kept_frac", "summer_energy_frac", "summer_peak_mw", "winter_peak_mw", "years",
    "filled_hours", "spikes", "longest_gap_hours", "source",
)  # fmt: skip
TIERS = {0.0025: "0_25pct", 0.005: "0_5pct", 0.01: "1pct", 0.05: "5pct"}
"""Rate to the ending of the field of a scenario's zones."""
METHOD = "Norris et al., Rethinking Load Growth, Duke University, 2025"


def run(
    files: Sequence[Path],
    output: Path | None,
    rates: Sequence[float] | None,
    zones: Sequence[str] | None,
    unit: str,
    show: Show,
) -> None:
    """Compute, write and print."""
    if output is not None:
        take_target(output, HEADROOM)
    with show.busy("reading hourly demand"):
        found = area_headroom(files, rates or RATES, zones, unit, known_peaks())
    table = Table.of(COLUMNS, [_row(found, area, t) for area in found.areas for t in area.tiers])
    folder = output or "DIR"
    snippet = (
        f"zones: {{file: {folder}/headroom.csv, id_column: zone, "
        f'where: {{curtailment_rate: ["{found.rates[0]:g}"]}}}}'
    )
    summary = {
        "method": METHOD,
        "source": [file.name for file in files],
        "unit": unit,
        "zones": len(found.areas),
        "total_headroom_mw": {
            f"{rate:g}": round(sum(area.tiers[i].headroom_mw for area in found.areas), 3)
            for i, rate in enumerate(found.rates)
        },
        "notes": list(found.notes),
        "scenario": snippet,
        "generated_by": f"siting {version('siting')}",
    }
    if output is not None:
        write_headroom(output, {"headroom": table, "zones": _zones(found)}, summary)
    show.result(
        {**summary, "rows": [dict(row) for row in table]},
        [
            _grid(found),
            *(f"  {note}" for note in found.notes),
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


def _source(found: AreasHeadroom) -> str:
    """Where a row comes from."""
    return f"Computed from {found.name} by the method of {METHOD}"


def _row(found: AreasHeadroom, area: AreaHeadroom, tier: TierHeadroom) -> Row:
    """A row of ``headroom.csv``."""
    return {
        "zone": area.loads.zone,
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
        "summer_peak_mw": area.season.summer_peak_mw,
        "winter_peak_mw": area.season.winter_peak_mw,
        "years": " ".join(map(str, area.loads.years)),
        "filled_hours": area.loads.filled,
        "spikes": area.loads.spikes,
        "longest_gap_hours": area.loads.longest_gap_hours,
        "source": _source(found),
    }


def _zones(found: AreasHeadroom) -> Table:
    """One row a zone, with the fields of a scenario's zones."""
    fields = [f"headroom_mw_{TIERS[rate]}" for rate in found.rates if rate in TIERS]
    rows: list[Row] = [
        {
            "zone": area.loads.zone,
            "summer_peak_mw": area.season.summer_peak_mw,
            "winter_peak_mw": area.season.winter_peak_mw,
            **{
                f"headroom_mw_{TIERS[t.curtailment_rate]}": round(t.headroom_mw, 3)
                for t in area.tiers
                if t.curtailment_rate in TIERS
            },
            "source": _source(found),
        }
        for area in found.areas
    ]
    return Table.of(("zone", "summer_peak_mw", "winter_peak_mw", *fields, "source"), rows)


def _grid(found: AreasHeadroom) -> Grid:
    """Headroom by zone and rate, for people."""
    grid = Grid(title="Headroom [MW], with curtailed hours a year")
    grid.add_column("zone")
    grid.add_column("years", justify="right")
    for rate in found.rates:
        grid.add_column(f"{rate:.2%}", justify="right")
    for area in found.areas:
        cells = [f"{t.headroom_mw:,.0f} ({t.curtailed_hours_per_year:,.0f} h)" for t in area.tiers]
        grid.add_row(area.loads.zone, str(len(area.loads.years)), *cells)
    return grid
