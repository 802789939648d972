"""Charts of a plan under uncertainty, as plain Plotly data; colours are names of the style sheet."""

from __future__ import annotations

from datetime import date

import numpy as np

from siting.core.audit import number
from siting.core.money import MILLIONS, unit_of
from siting.futures.study import Hedge
from siting.futures.tables import HEDGE
from siting.outputs.hedge.geo import site_features
from siting.outputs.report.blocks import Figure
from siting.outputs.report.charts import bars_figure, steps, time_layout
from siting.outputs.report.share_map import Dot, share_map
from siting.outputs.report.words import by_period, month, text_of

LEVELS = (0.1, 0.5, 0.9)


def weighted_quantile(values: np.ndarray, probabilities: np.ndarray, level: float) -> float:
    """Least value that is not exceeded with a probability, shapes (futures,)."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(probabilities[order]) >= level - 1e-9
    return float(values[order][int(np.argmax(reached))])


def fan_figure(hedge: Hedge) -> Figure:
    """Load served by date: every future within the grey band, eight tenths within the blue one."""
    plan, shares = hedge.likeliest, hedge.tree.probabilities
    served = [by_period(each, "served_mw") for each in hedge.plans.values()]
    starts = sorted(served[0])

    def level(of: float | None, *, most: bool) -> dict[date, float]:
        found = {}
        for start in starts:
            values = np.array([one[start] for one in served])
            outer = values.max() if most else values.min()
            found[start] = float(outer) if of is None else weighted_quantile(values, shares, of)
        return found

    bands = (
        ("All futures", None, None, "@border"),
        ("P10 to P90", LEVELS[0], LEVELS[2], "@blue"),
    )
    data: list[Figure] = []
    for words, low, high, colour in bands:
        below = steps(plan, level(low, most=False), words, colour)
        above = steps(plan, level(high, most=True), words, colour)
        line = {"shape": "hv", "width": 0.5, "color": colour}
        data.append({**below, "line": line, "showlegend": False, "hoverinfo": "skip"})
        data.append({**above, "line": line, "fill": "tonexty", "fillcolor": colour})
    for trace in data[::2]:
        trace.pop("hovertemplate")
    data.append(steps(plan, level(LEVELS[1], most=False), "P50", "@ink"))
    targets = [by_period(each, "target_mw") for each in hedge.plans.values()]
    is_alike = all(target == targets[0] for target in targets)
    wanted = "Target" if is_alike else "Target, likeliest future"
    data.append(steps(plan, by_period(plan, "target_mw"), wanted, "@ink", "dot"))
    return {"data": data, "layout": time_layout("IT load served [GW]")}


def map_figure(hedge: Hedge) -> Figure:
    """Sites over state outlines, larger and darker the more often they are built."""
    dots = []
    for feature in site_features(hedge):
        share = number(feature.properties, "built_share_frac")
        first = feature.properties["first_power_p50_date"]
        when = month(first) if isinstance(first, date) else "not in half of the futures"
        name = text_of(feature.properties["name"] or feature.name)
        said = f"<b>{name}</b><br>Built in {share:.0%}<br>First power, P50: {when}"
        dots.append(Dot(feature.point, share, said))
    return share_map(dots)


def regret_figure(hedge: Hedge) -> Figure:
    """Expected regret of this plan and of those for a single future, held."""
    expected: dict[str, float] = {}
    broken: set[str] = set()
    for row in hedge.tables["regret"]:
        name = str(row["plan"])
        if row["regret_usd"] is None:
            broken.add(name)
        share = number(row, "probability")
        expected[name] = expected.get(name, 0.0) + share * number(row, "regret_usd")
    kept = {name: usd for name, usd in expected.items() if name not in broken}
    unit = unit_of(*kept.values(), widest=MILLIONS)
    labels = ["This plan" if name == HEDGE else f"Plan for {name}" for name in kept]
    values = [usd / unit.usd for usd in kept.values()]
    return bars_figure(labels, values, f"Expected regret [{unit.name}]", unit.decimals(1))
