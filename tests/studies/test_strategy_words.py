"""What is said of strategies: what is committed anyhow, and what is never served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import siting
from siting.pipeline import Loaded
from siting.studies.page import write_comparison_page
from support.engine import EXACT, instance_of, toy

FAR_COMMITTED = {"decision": "core.commit", "item": "far", "at_least": 1, "date": "2027-01"}
NO_RANCH = {"decision": "core.commit", "item": "ranch", "quantity": 0}


def compared(scenario: dict[str, Any], *strategies: str) -> Any:
    """The optimum of a scenario and some strategies."""
    loaded = Loaded(instance_of(scenario), {})
    return siting.compare(loaded, strategies, gap_frac=EXACT.gap_frac)


def page_of(study: Any, folder: Path) -> str:
    """The page of a comparison."""
    write_comparison_page(study, folder / "page.html")
    return (folder / "page.html").read_text(encoding="utf-8")


def test_what_is_committed_is_named_and_the_rest_is_what_waits(tmp_path: Path) -> None:
    """`far` alone, 94.84 M USD on paper, is 14.94 dearer than with `near`, which has to wait."""
    scenario = {**toy(), "committed": {"a": FAR_COMMITTED, "b": NO_RANCH}}
    study = compared(scenario, "wait_until:2028-01")
    assert study.answer[0].startswith(
        "Deciding nothing else before 2028-01 costs 14.9 M USD more and serves half"
    )
    assert "with the decisions that it needs: Far." in page_of(study, tmp_path)


@pytest.mark.parametrize("committed", [{}, {"b": NO_RANCH}], ids=["nothing", "not at ranch"])
def test_where_no_site_is_committed_nothing_is_said_of_it(
    tmp_path: Path, committed: dict[str, Any]
) -> None:
    study = compared({**toy(), "committed": committed}, "wait_until:2028-01")
    assert study.answer[0].startswith("Deciding nothing before 2028-01 costs ")
    assert "stands under every strategy" not in page_of(study, tmp_path)


def test_what_is_not_served_at_the_end_is_said() -> None:
    """The grid has 60 MW at `far` and none at `near`: half the target, and 40 MW never; cells serve them."""
    scenario = toy()
    scenario["zones"]["dear"]["headroom_mw"] = 60
    scenario["zones"]["cheap"]["headroom_mw"] = 0
    best, grid_only = compared(scenario, "grid_only").answer
    assert "all 2028-01" in best
    assert grid_only.endswith("half served 2027-07; 40 MW not served at the end.")
