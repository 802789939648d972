"""A comparison as a record: kept, copied, and written to folders that no name can leave."""

from __future__ import annotations

import pickle
from copy import deepcopy

import pytest

import siting
from siting.outputs.study_folder import folders_of
from support.engine import TOY


def test_it_can_be_kept_and_copied() -> None:
    found = siting.compare(
        TOY,
        ["wait_until"],
        bottlenecks=["acres"],
        sites=["near"],
        alternatives=1,
        within_frac=0.2,
        break_evens=["delay_cost"],
    )
    names = [part.study.name for part in found.parts]
    assert names == ["strategies", "bottlenecks", "break_evens", "site_timing", "alternatives"]
    for again in (pickle.loads(pickle.dumps(found)), deepcopy(found)):
        assert (again.answer, again.tables) == (found.answer, found.tables)
        assert [part.study for part in again.parts] == [part.study for part in found.parts]


@pytest.mark.parametrize(
    ("plan", "folder"),
    [
        ("wait_until:2031-01", "wait_until_2031-01"),
        ("../../x", "_.._x"),
        ("a/b", "a_b"),
        ("..", "_"),
        ("a.", "a"),
        ("", "_"),
        ("Ost-Straße", "Ost-Straße"),
        ("a\x00\nb", "a__b"),
    ],
)
def test_a_plan_has_a_folder_of_its_own(plan: str, folder: str) -> None:
    assert folders_of([plan]) == {plan: folder}


def test_no_two_plans_share_a_folder() -> None:
    names = ["a:b", "a b", "A_b", "a_b_2"]
    assert list(folders_of(names).values()) == ["a_b", "a_b_2", "A_b_3", "a_b_2_2"]
    assert folders_of(names[:2]) == {"a:b": "a_b", "a b": "a_b_2"}
    assert len(folders_of(["x" * 500])["x" * 500]) <= 230
