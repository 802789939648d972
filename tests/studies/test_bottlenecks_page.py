"""The ranking of bottlenecks on the page: largest gain first, hostile names as text."""

from __future__ import annotations

from siting.core.study import Bottleneck
from siting.outputs.report.blocks import Chart, TableBlock
from siting.studies.base import Result
from siting.studies.bottlenecks import STUDY
from siting.studies.bottlenecks.gains import Gain
from siting.timeline.plans import Interval
from support.engine import plan_of, toy

SCRIPT = "<img src=x onerror=alert(1)>"


def gain(name: str, about: str, usd: Interval, mw_months: float) -> Gain:
    """What a step gains, by its figures."""
    step = Bottleneck.model_validate(
        {"about": about, "family": "land", "changes": [{"path": "x", "add": 1}]}
    )
    return Gain(name, step, None, usd, mw_months, is_relaxation=True)


def test_bottlenecks_are_ranked_by_gain() -> None:
    found = (
        gain(SCRIPT, "10 more", Interval(1e9, 1.5e9, 1.6e9), 1200.0),
        gain("headroom", "900 MW", Interval(2e9, 2.5e9, 3e9), 800.0),
    )
    result = Result(STUDY, found, STUDY.tables(found), plan_of(toy()))
    (section,) = STUDY.sections(result)
    chart = next(block for block in section.blocks if isinstance(block, Chart))
    # 2.5 and 1.5 B USD
    assert chart.figure["data"][0]["x"] == [2500.0, 1500.0]
    assert chart.figure["layout"]["yaxis"]["ticktext"][0] == "Headroom, 900 MW"
    grid = next(block for block in section.blocks if isinstance(block, TableBlock))
    assert [line.cells for line in grid.table.lines] == [
        ("Headroom", "900 MW", "2,000.0", "3,000.0", "2,500.0", "800"),
        (SCRIPT, "10 more", "1,000.0", "1,600.0", "1,500.0", "1,200"),
    ]


def test_where_no_step_applies_there_is_nothing_to_show() -> None:
    result = Result(STUDY, (), STUDY.tables(()), plan_of(toy()))
    assert (dict(result.tables), list(STUDY.sections(result))) == ({}, [])
