"""Points of a sweep: growth, groups, distributions; indices and rules with known answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from siting.core.errors import InputError
from siting.core.futures import Outcome
from siting.core.study import Bottleneck, BreakEven
from siting.core.table import Cell
from siting.sweep.design import Point, points_of, saltelli, waves
from siting.sweep.indices import indices, told
from siting.sweep.rules import leaves, words
from siting.sweep.study import Factor, Sweep
from support.sweeps import CHEAP, DEAR, factor

SIX = 2 * np.pi


def sweep_of(factors: dict[str, Any], **design: Any) -> Sweep:
    """A study of some factors."""
    return Sweep.model_validate({"scenario": "s.yaml", "factors": factors, "design": design})


def test_a_larger_sample_begins_with_the_smaller_one() -> None:
    factors = {"a": CHEAP, "b": DEAR, "c": factor("x", 0, 1, 0)}
    small, large = (
        points_of(sweep_of(factors, kind="sobol", samples=count)) for count in (256, 1024)
    )
    assert len(small) == 1 + 256 * 5
    assert large[: len(small)] == small


def test_waves_hold_each_point_once_and_grow_with_the_design() -> None:
    points = [Point(str(n), {}) for n in range(11)]
    assert [list(wave) for wave in waves(points)] == [[0], [1], [2, 3], [4, 5, 6, 7], [8, 9, 10]]


def test_factors_of_a_group_move_together() -> None:
    factors = {"a": {**CHEAP, "group": "fuel"}, "b": {**DEAR, "group": "fuel"}}
    points = points_of(sweep_of(factors, kind="sobol", samples=4))
    for point in points[1:]:
        share = (point.values["a"] - 5) / 75
        assert (point.values["b"] - 20) / 70 == pytest.approx(share)
    assert len(points_of(sweep_of(factors, kind="grid", points=4))) == 1 + 4


def test_values_at_quantiles() -> None:
    listed = Factor(paths=["x"], values=[1.0, 2.0, 4.0], base=2.0)
    assert [listed.at(share) for share in (0.0, 0.34, 0.99, 1.0)] == [1.0, 2.0, 4.0, 4.0]
    logarithmic = Factor(paths=["x"], lowest=1, highest=100, base=10, distribution="log_uniform")
    assert logarithmic.at(0.5) == pytest.approx(10.0)
    # half of a triangle from 0 to 1 that is highest at 1 lies above the root of a half
    triangular = Factor(
        paths=["x"], lowest=0, highest=1, base=0, distribution="triangular", mode=1.0
    )
    assert triangular.at(0.5) == pytest.approx(0.5**0.5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lowest": 2.0, "highest": 1.0},
        {"lowest": 1.0},
        {"values": [1.0, 2.0], "lowest": 1.0, "highest": 2.0},
        {"lowest": -1.0, "highest": 1.0, "distribution": "log_uniform"},
        {"lowest": 0.0, "highest": 1.0, "mode": 0.5},
    ],
)
def test_factors_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Factor(paths=["x"], base=1.0, **wrong)


@pytest.mark.parametrize("samples", [0, 1, 3, 100])
def test_samples_are_a_power_of_two(samples: int) -> None:
    with pytest.raises(ValidationError):
        sweep_of({"a": CHEAP}, kind="sobol", samples=samples)


def test_indices_of_a_known_function() -> None:
    """Ishigami and Homma (1990), a = 7 and b = 0.1: their indices are known in closed form."""
    pytest.importorskip("SALib")
    sweep = sweep_of({n: factor("x", 0, 1, 0) for n in "abc"}, kind="sobol", samples=2048, seed=5)
    shares = np.array([row for rows in saltelli(sweep) for row in rows])
    x = np.pi * (2 * shares - 1)
    values = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    whole = 7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.1**2 * np.pi**8 / 18 + 0.5
    first = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2 / whole
    second = 7**2 / 8 / whole
    both = 8 * 0.1**2 * np.pi**8 / 225 / whole
    expected = {"a": (first, first + both), "b": (second, second), "c": (0.0, both)}
    for row in indices(sweep, values):
        main, total = expected[str(row["factor"])]
        assert abs(float(str(row["main_frac"])) - main) <= float(str(row["main_confidence_frac"]))
        assert abs(float(str(row["total_frac"])) - total) <= float(
            str(row["total_confidence_frac"])
        )


@pytest.mark.parametrize(
    ("points", "main_width", "total_width", "main", "total"),
    [
        (16, 0.3, 0.3, 0.5, 0.6),
        (15, 0.1, 0.1, None, None),
        (64, 0.31, 0.1, None, 0.6),
        (64, 0.1, 8.1, 0.5, None),
        (64, float("nan"), 0.0, None, 0.6),
    ],
)
def test_wide_indices_are_not_told(
    points: int, main_width: float, total_width: float, main: float | None, total: float | None
) -> None:
    """An index has at least 16 points and 0.3 to either side at most."""
    row: dict[str, Cell] = {
        "factor": "a",
        "main_frac": 0.5,
        "main_confidence_frac": main_width,
        "total_frac": 0.6,
        "total_confidence_frac": total_width,
        "sample_count": points,
    }
    found = told(row)
    assert (found["main_frac"], found["total_frac"]) == (main, total)
    assert found["is_told"] == (main is not None and total is not None)


def test_an_answer_that_never_changes_is_decided_by_nothing() -> None:
    sweep = sweep_of({"a": CHEAP}, kind="sobol", samples=4)
    assert indices(sweep, np.ones(12)) == []


def test_rules_find_a_box() -> None:
    """Built where x > 4 and y < 140, of a grid that no rule can miss by more than a step."""
    x, y = (part.ravel() for part in np.meshgrid(np.arange(10.0), np.arange(100.0, 200.0, 10.0)))
    found = leaves(["x", "y"], np.column_stack([x, y]), (x > 4) & (y < 140))
    built = [leaf for leaf in found if leaf.share > 0.5]
    assert [(leaf.count, leaf.of) for leaf in built] == [(20, 20)]
    assert sorted(words(built[0]).split(" and ")) == ["x > 4.5", "y <= 135"]


def test_splits_that_change_no_answer_are_taken_back() -> None:
    """All but one of 150 runs have the site, and no side may be of fewer than three: nothing tells it apart."""
    x = np.arange(150.0)
    (leaf,) = leaves(["x"], x[:, np.newaxis], x != 50)
    assert (leaf.count, leaf.of, dict(leaf.bounds)) == (149, 150, {})


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ({"kind": "grid", "points": 600}, "216,000,000 runs"),
        ({"kind": "sobol", "samples": 65_536}, "327,680 runs"),
    ],
)
def test_more_runs_than_anybody_solves_are_refused_not_left_out(
    design: dict[str, Any], said: str
) -> None:
    """600 x 600 x 600 points; 65,536 x (3 + 2)."""
    factors = {"a": CHEAP, "b": DEAR, "c": factor("x", 0, 1, 0)}
    with pytest.raises(InputError, match=said):
        points_of(sweep_of(factors, **design))
    many = {f"f{n}": factor("x", 0, 1, 0) for n in range(40)}
    with pytest.raises(InputError, match=r"over 10\^12 runs"):
        points_of(sweep_of(many, kind="grid"))
    with pytest.raises(ValidationError, match="10000"):
        sweep_of(factors, kind="grid", points=10**9)


def test_lists_of_paths_end() -> None:
    """Each path may name every number of a scenario, so thousands of them would take minutes to check."""
    many = ["*.*.*"] * 201
    changes = [{"path": path, "multiply": 1.1} for path in many]
    span = {"lowest": 0, "highest": 1, "base": 0, "resolution": 0.1, "between": ["a", "b"]}
    for kind, given in (
        (Factor, {"paths": many, **span}),
        (BreakEven, {"paths": many, **span}),
        (Outcome, {"changes": changes}),
        (Bottleneck, {"about": "x", "family": "land", "changes": changes}),
    ):
        with pytest.raises(ValidationError, match="at most 200 items"):
            kind.model_validate(given)
