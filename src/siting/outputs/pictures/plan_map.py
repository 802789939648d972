"""A plan on a map for slides and papers: what is energised at a date, where, and by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from siting.core.audit import day
from siting.core.plan import Plan
from siting.core.proof import proof_text
from siting.core.table import Row
from siting.outputs.features import Feature, candidates_of, features_of, rows_in
from siting.outputs.pictures.canvas import drawable, new_figure, scale_bar, style, write_figure
from siting.outputs.pictures.labels import Label, Mark, place_labels
from siting.outputs.report.geometry import (
    ALASKA_SCALE,
    METRES_PER_KM,
    frame,
    is_alaska,
    is_drawn,
    project,
    state_lines,
)
from siting.outputs.report.palette import LIGHT, SERIES
from siting.outputs.report.schedule import load_by_site, setting
from siting.outputs.report.words import by_period, money, period_of

WIDTH_INCHES, HEIGHT_INCHES, DPI = 12.8, 7.2, 125
"""1,600 by 900 pixels, the shape of a slide."""
AXES = (0.0, 0.06, 0.8, 0.82)
LEAST_PT, PT_PER_ROOT_MW = 4.0, 0.45
"""Diameter of the mark of a site without load [pt], and what the root of its load adds."""
SHAPES = ("o", "s", "^", "h", "p", "v", "8")
"""Marks of the agencies: told apart without colour too."""
SOURCES = {"nuclear": "purple", "natural gas": "brown", "sun": "amber", "coal": "ink"}
OTHER_SOURCE = "teal"
PLANT_PT2, UPGRADE_PT2 = 46.0, 130.0
"""Areas of marks: the arms of an upgrade show behind a plant at the same place."""
LABELS = 20
"""Sites that are named, the largest first."""
SIZES_MW = (100, 500, 1000)
NAME_LENGTH = 30


@dataclass(frozen=True)
class Drawn:
    """What a map shows at a date.

    Attributes:
        period: start of the period that holds the date. last: start of the last period.
        load: IT load of each site by start of period [MW]. has_alaska: whether the inset is drawn.
        agencies: of the chosen sites, sorted. beyond: names of what lies outside the frame.
    """

    plan: Plan
    at: date
    period: date
    last: date
    load: Mapping[str, Mapping[date, float]]
    chosen: tuple[Feature, ...]
    candidates: tuple[Feature, ...]
    plants: tuple[Feature, ...]
    upgrades: tuple[Feature, ...]
    agencies: tuple[str, ...]
    has_alaska: bool
    beyond: tuple[str, ...]

    def energised_mw(self, site: Feature) -> float:
        """IT load of a site at the date [MW]."""
        return self.load.get(site.name, {}).get(self.period, 0.0)

    def final_mw(self, site: Feature) -> float:
        """IT load of a site at the end of the horizon [MW]."""
        return self.load.get(site.name, {}).get(self.last, 0.0)

    def is_ready(self, feature: Feature) -> bool:
        """Whether a plant or an upgrade is in service at the date."""
        ready = day(feature.properties, "in_service_date")
        return ready is not None and ready <= self.period


def write_plan_map(plan: Plan, path: Path, kind: str, at: date | None = None) -> None:
    """Draw the map of a plan.

    Args:
        kind: ``png``, ``svg`` or ``pdf``. at: the date shown; the end of the horizon by default.

    Raises:
        InputError: a date outside the horizon, or a place that cannot be written.
    """
    drawn = drawn_at(plan, at)
    with style():
        write_figure(plan_figure(drawn), path, kind, DPI)


def drawn_at(plan: Plan, at: date | None) -> Drawn:
    """What is on the map at a date.

    Raises:
        InputError: a date outside the horizon.
    """
    period = period_of(plan, at, "--date")
    features, candidates = features_of(plan), candidates_of(plan)
    shown = [f for f in (*features, *candidates) if is_drawn(*f.point)]
    beyond = sorted({str(f.properties["name"]) for f in features if not is_drawn(*f.point)})

    def of(kind: str) -> tuple[Feature, ...]:
        return tuple(f for f in shown if f.kind == kind)

    return Drawn(
        plan=plan,
        at=at or period,
        period=period,
        last=max(by_period(plan, "target_mw")),
        load=load_by_site(plan),
        chosen=of("site"),
        candidates=of("candidate"),
        plants=of("plant"),
        upgrades=of("upgrade"),
        agencies=tuple(sorted({_agency(f) for f in of("site")})),
        has_alaska=any(is_alaska(*f.point) for f in shown),
        beyond=tuple(beyond),
    )


def _agency(site: Feature) -> str:
    """Agency of a site; empty where none is stated."""
    return str(site.properties.get("agency") or "")


def plan_figure(drawn: Drawn) -> Figure:
    """The whole picture."""
    figure = new_figure(WIDTH_INCHES, HEIGHT_INCHES)
    axes = figure.add_axes(AXES)
    points = [project(*f.point) for f in (*drawn.chosen, *drawn.candidates, *drawn.plants)]
    (west, east), (south, north) = frame(points, drawn.has_alaska)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_axis_off()
    _land(axes, drawn.has_alaska)
    handles = [*_sites(axes, drawn), *_others(axes, drawn)]
    scale_bar(axes, METRES_PER_KM, (0.42, 0.02) if drawn.has_alaska else (0.03, 0.03))
    legend = figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(AXES[0] + AXES[2] - 0.01, AXES[1] + AXES[3]),
        frameon=False,
        fontsize=9,
        labelspacing=1.05,
        handletextpad=1.1,
        borderpad=0.2,
    )
    legend.set_gid("legend")
    _words(figure, axes, drawn)
    others = ((drawn.plants, PLANT_PT2), (drawn.upgrades, UPGRADE_PT2))
    marks = [Mark(project(*f.point), sqrt(size) / 2) for group, size in others for f in group]
    place_labels(figure, axes, _labels(drawn), [m for m in marks if m.point not in _places(drawn)])
    return figure


def _land(axes: Any, has_alaska: bool) -> None:
    """State outlines, and a word where Alaska is not to scale."""
    xs, ys = state_lines(has_alaska)
    ring: list[tuple[float, float]] = []
    for x, y in zip(xs, ys, strict=True):
        if x is None or y is None:
            patch = Polygon(
                ring, closed=True, facecolor=LIGHT["land"], edgecolor=LIGHT["border"], linewidth=0.6
            )
            axes.add_patch(patch)
            ring = []
        else:
            ring.append((x, y))
    if has_alaska:
        x, y = project(-152.0, 52.5)
        words = f"Alaska, at {ALASKA_SCALE:.0%} of the scale"
        axes.text(x, y, words, fontsize=8, color=LIGHT["soft"], ha="center", gid="alaska")


def _sites(axes: Any, drawn: Drawn) -> Iterator[Line2D]:
    """Candidates, then a ring for each chosen site's last load, filled for its load at the date."""
    _scatter(
        axes, drawn.candidates, "candidates", s=12, facecolors="none", edgecolors=LIGHT["grey"]
    )
    for place, agency in enumerate(drawn.agencies):
        colour, shape = LIGHT[SERIES[place % len(SERIES)]], SHAPES[place % len(SHAPES)]
        own = [f for f in drawn.chosen if _agency(f) == agency]
        full = [_area(drawn.final_mw(f)) for f in own]
        ring = {"marker": shape, "edgecolors": colour, "facecolors": "none"}
        _scatter(axes, own, f"rings-{agency}", s=full, linewidths=1.4, **ring)
        lit = [f for f in own if drawn.energised_mw(f) > 0]
        now = [_area(drawn.energised_mw(f)) for f in lit]
        disc = {"marker": shape, "edgecolors": "white", "facecolors": colour}
        _scatter(axes, lit, f"energised-{agency}", s=now, linewidths=0.8, alpha=0.85, **disc)
        words = f"{agency} site" if agency else "Site"
        yield _mark(words, shape, colour, 9)
    if drawn.chosen:
        yield _mark("ring: load at the end", "o", LIGHT["ink"], 9, is_hollow=True)
        for mw in SIZES_MW:
            yield _mark(f"{mw:,} MW of IT load", "o", LIGHT["grey"], sqrt(_area(mw)))
    if drawn.candidates:
        yield _mark("candidate, not built", "o", LIGHT["grey"], 4, is_hollow=True)


def _others(axes: Any, drawn: Drawn) -> Iterator[Line2D]:
    """Grid upgrades and plants by source on top of them, hollow until they are in service."""
    cross = ("P", LIGHT["ink"], UPGRADE_PT2)
    _scatter_ready(axes, drawn, drawn.upgrades, "upgrades", cross)
    sources = sorted({_source(drawn.plan, f) for f in drawn.plants})
    for source in sources:
        colour = LIGHT[SOURCES.get(source, OTHER_SOURCE)]
        own = [f for f in drawn.plants if _source(drawn.plan, f) == source]
        _scatter_ready(axes, drawn, own, f"plants-{source}", ("d", colour, PLANT_PT2))
        yield _mark(f"power plant: {source}" if source else "power plant", "d", colour, 7)
    if drawn.upgrades:
        yield _mark("grid upgrade", "P", LIGHT["ink"], 7)
    if drawn.plants or drawn.upgrades:
        yield _mark("hollow: not yet in service", "d", LIGHT["ink"], 7, is_hollow=True)


def _source(plan: Plan, plant: Feature) -> str:
    """Energy source of a plant's technology; empty where none is stated."""
    technology = str(plant.properties.get("technology"))
    return str(setting(plan, "plants", "technologies", technology, "energy_source") or "")


def _area(megawatts: float) -> float:
    """Area of the mark of a site [pt2]: it grows with the load."""
    return (LEAST_PT + PT_PER_ROOT_MW * sqrt(megawatts)) ** 2


def _scatter(axes: Any, features: Sequence[Feature], gid: str, **look: Any) -> None:
    """Marks of one kind."""
    if features:
        xs, ys = zip(*(project(*f.point) for f in features), strict=True)
        axes.scatter(xs, ys, gid=gid, zorder=3, **look)


def _scatter_ready(
    axes: Any,
    drawn: Drawn,
    features: Sequence[Feature],
    gid: str,
    mark: tuple[str, str, float],
) -> None:
    """Marks of a shape, colour and area [pt2] that are hollow until their date."""
    shape, colour, size = mark
    look: dict[str, Any] = {"marker": shape, "s": size, "linewidths": 1.1}
    ready = [f for f in features if drawn.is_ready(f)]
    later = [f for f in features if not drawn.is_ready(f)]
    _scatter(axes, later, f"{gid}-later", facecolors="none", edgecolors=colour, **look)
    _scatter(axes, ready, gid, facecolors=colour, edgecolors="white", **look)


def _mark(words: str, shape: str, colour: str, size: float, *, is_hollow: bool = False) -> Line2D:
    """An entry of the legend."""
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=shape,
        markersize=size,
        markerfacecolor="none" if is_hollow else colour,
        markeredgecolor=colour,
        label=drawable(words, 26),
    )


def _places(drawn: Drawn) -> set[tuple[float, float]]:
    """Where sites stand: what stands on a site is beside its label anyway."""
    return {project(*site.point) for site in drawn.chosen}


def _labels(drawn: Drawn) -> list[Label]:
    """Names of the largest sites with their load at the date."""
    ranked = sorted(drawn.chosen, key=lambda f: (-drawn.final_mw(f), f.name))
    labels = []
    for site in ranked[:LABELS]:
        name = drawable(site.properties["name"], NAME_LENGTH)
        reach = sqrt(_area(drawn.final_mw(site))) / 2
        words = f"{name}\n{drawn.energised_mw(site):,.0f} MW"
        labels.append(Label(project(*site.point), reach, words))
    return labels


def _words(figure: Figure, axes: Any, drawn: Drawn) -> None:
    """Title, the state at the date, the date stamp, and what the picture rests on."""
    ink, soft = LIGHT["ink"], LIGHT["soft"]
    title = drawable(drawn.plan.title, 90)
    figure.text(0.02, 0.945, title, fontsize=17, weight="bold", color=ink, gid="title")
    figure.text(0.02, 0.9, state_words(drawn), fontsize=11.5, color=ink, gid="state")
    figure.text(0.98, 0.945, f"{drawn.at:%b %Y}", fontsize=17, ha="right", color=ink, gid="date")
    version = drawn.plan.versions.get("siting", "")
    notes = [
        f"siting {version}".strip(),
        "Albers equal-area, EPSG:5070",
        "outlines: US Census Bureau",
        "much of the input is estimated: see the sources of the plan",
    ]
    if drawn.beyond:
        notes.append(drawable(f"not drawn: {', '.join(drawn.beyond)}", 60))
    figure.text(0.02, 0.012, " · ".join(notes), fontsize=8, color=soft, gid="notes")


def state_words(drawn: Drawn) -> str:
    """What is served at the date, of what is asked for, where, and how well the plan is proven."""
    plan = drawn.plan
    served = by_period(plan, "served_mw")[drawn.period]
    target = by_period(plan, "target_mw")[drawn.period]
    lit = sum(1 for series in drawn.load.values() if series.get(drawn.period, 0.0) > 0)
    sites: tuple[Row, ...] = rows_in(plan, "sites")
    many = "site" if lit == 1 else "sites"
    words = [
        f"{served:,.0f} of {target:,.0f} MW of IT load served at {lit} {many} of {len(sites)}",
        f"{money(plan.objective_usd)} discounted",
        "THE AUDIT FAILED" if plan.findings else proof_text(plan),
    ]
    return " · ".join(words)
