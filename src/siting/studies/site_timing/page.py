"""Now, later or never on the page: what is answered of each site, and its frontier as a proven band."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.table import Cell, Row
from siting.outputs.report.blocks import Block, Bullets, Chart, Figure, Section, TableBlock, Text
from siting.outputs.report.charts import time_layout
from siting.outputs.report.grid import dollars, long_text, name_of, plain_table, text
from siting.studies.base import Result
from siting.studies.columns import unit_for
from siting.studies.site_timing.timing import NOW, SiteTiming, band
from siting.studies.site_timing.words import sentences_of

NOTE = (
    "Each site is committed at once, not before a date, or never, and everything else is planned anew. "
    "Waiting pays where it saves for certain against a start now; neither bound nor cost falls with the "
    "date, so what is proven at the dates that were solved holds between them."
)
SAVES_LEAST, SAVES_MOST = "saving_lower_usd", "saving_upper_usd"


def sections(result: Result[tuple[SiteTiming, ...]]) -> Iterator[Section]:
    """The answer for each site, its band of cost by date, and every case that was solved."""
    blocks: list[Block] = [Text(NOTE)]
    for place, timing in enumerate(result.found):
        name = name_of(result.best, timing.site)
        blocks.append(Bullets(name, tuple(sentences_of(timing))))
        figure = _figure(timing)
        if figure is not None:
            label = f"Cost of a later start at {name}, a proven band; figures in the table below"
            blocks.append(Chart(f"timing-{place}", "", label, figure))
    rows: list[Row] = [
        {**row, "name": name_of(result.best, row["site"]), "start": _start(row)}
        for row in result.tables["site_timing"]
        if row["case"] != NOW
    ]
    unit = unit_for([row for row in rows if row[SAVES_MOST] is not None], SAVES_LEAST, SAVES_MOST)
    columns = (
        long_text("name", "Site"),
        text("start", "Start"),
        text("status", "Status"),
        dollars(SAVES_LEAST, "Saves against now, at least", unit, 2),
        dollars(SAVES_MOST, "at most", unit, 2),
    )
    blocks.append(TableBlock(plain_table("timing-table", "Now, later or never", columns, rows)))
    yield Section("site-timing", "Each site: now, later or never", "Site answers", tuple(blocks))


def _start(row: Row) -> Cell:
    """When the site may start, in words."""
    if row["case"] == "wait":
        return f"not before {str(row['not_before_date'])[:7]}"
    return {"free": "as is best", "never": "never"}[str(row["case"])]


def _figure(timing: SiteTiming) -> Figure | None:
    """How much dearer the plan is by the date before which the site is not committed."""
    points = [(when, usd) for when, usd in band(timing) if usd.most < float("inf")]
    if len(points) < 2:
        return None
    rows: list[Row] = [{"least": usd.least, "most": usd.most} for _, usd in points]
    unit = unit_for(rows, "most")
    lines = (
        ("At least", [usd.least for _, usd in points]),
        ("At most", [u.most for _, u in points]),
    )
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [when.isoformat() for when, _ in points],
            "y": [round(usd / unit.usd, 6) for usd in values],
            "line": {"shape": "hv", "color": "@blue", "width": 2, "dash": dash},
            "hovertemplate": f"{name}: %{{y:,.4~r}} {unit.name}<extra></extra>",
            **({"fill": "tonexty", "fillcolor": "@blue"} if name == "At most" else {}),
        }
        for (name, values), dash in zip(lines, ("dot", "solid"), strict=True)
    ]
    layout = {**time_layout(f"Dearer [{unit.name}]"), "height": 280}
    return {"data": data, "layout": layout}
