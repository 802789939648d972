"""Dropped candidates change no optimum; solved with and without them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from siting.core.table import Cell
from siting.screening.describe import Candidate
from siting.screening.lands import Piece
from siting.screening.reduce import clustered, reduced
from siting.screening.settings import Clustering, Reach, Reduction
from support.engine import plan_of, toy
from support.lands import rectangle


def candidate(name: str, **changes: Any) -> Candidate:
    """A candidate of 200 acres at 10 km from its point."""
    values: dict[str, Cell] = {
        "id": name,
        "zone": "cheap",
        "state": "NV",
        "agency": "BLM",
        "action": "",
        "review_path": None,
        "poi_kv": 345.0,
        "node": "POI-1",
        "deliverable_mw": 100.0,
        "buildable_acres": 200.0,
        "gen_tie_km": 10.0,
        "preference": 0.0,
        "longitude": -115.0,
        "latitude": 37.0,
        **changes,
    }
    place = float(str(values["gen_tie_km"]))
    shape = rectangle(place, 0, place + 1, 1)
    return Candidate(name, Piece("BLM", shape, 200.0), values, None)


def names(candidates: Sequence[Candidate]) -> list[str]:
    """Ids, in order."""
    return [c.name for c in candidates]


def test_the_worse_of_two_at_one_point_goes_where_one_site_is_built() -> None:
    best, worse = candidate("a"), candidate("b", gen_tie_km=12.0, buildable_acres=150.0)
    kept, dropped = reduced([worse, best], Reduction(max_sites=1))
    assert names(kept) == ["a"]
    assert dropped[0].dominated_by == ("a",) and "max_sites <= 1" in dropped[0].detail
    assert names(reduced([worse, best], Reduction(max_sites=2))[0]) == ["a", "b"]


@pytest.mark.parametrize(
    "change",
    [
        {"buildable_acres": 201.0},
        {"gen_tie_km": 9.0},
        {"deliverable_mw": 101.0, "node": "POI-2"},
        {"zone": "dear"},
        {"state": "AZ"},
        {"agency": "DOE"},
        {"action": "lease"},
        {"review_path": "ea"},
        {"poi_kv": 230.0},
    ],
)
def test_one_better_or_another_attribute_keeps_it(change: dict[str, Cell]) -> None:
    plain = {"gen_tie_km": 12.0, "buildable_acres": 150.0}
    pair = [candidate("a"), candidate("b", **{**plain, **change})]
    assert len(reduced(pair, Reduction(max_sites=1))[0]) == 2


def test_a_latency_circle_counts() -> None:
    pair = [candidate("a"), candidate("b", gen_tie_km=12.0, longitude=-112.0)]
    reach = Reach(longitude=-112.0, latitude=37.0, km=100)
    assert len(reduced(pair, Reduction(max_sites=1))[0]) == 1
    assert len(reduced(pair, Reduction(max_sites=1, reaches={"r": reach}))[0]) == 2


def test_rulers_at_one_other_point_count_once() -> None:
    """Two sites at another point can both be blocked by a third used there."""
    rulers = [candidate(n, node="POI-2", gen_tie_km=1.0) for n in ("a", "b")]
    weak = candidate("z", gen_tie_km=20.0)
    assert "z" in names(reduced([*rulers, weak], Reduction(max_sites=2))[0])
    apart = [
        candidate("a", node="POI-2", gen_tie_km=1.0),
        candidate("b", node="POI-3", gen_tie_km=1.0),
    ]
    assert "z" not in names(reduced([*apart, weak], Reduction(max_sites=2))[0])


def test_equals_are_ordered_by_preference_then_id() -> None:
    three = [candidate("a"), candidate("b", preference=2.0), candidate("c")]
    assert names(reduced(three, Reduction(max_sites=1))[0]) == ["b"]
    assert names(reduced(three, Reduction(max_sites=2))[0]) == ["a", "b"]


def scenario(candidates: Sequence[Candidate], max_sites: int, seed: int) -> dict[str, Any]:
    """The toy with these candidates as its sites."""
    draw = random.Random(seed)
    data = toy()
    columns = (
        "zone",
        "state",
        "agency",
        "node",
        "buildable_acres",
        "gen_tie_km",
        "poi_kv",
        "longitude",
        "latitude",
    )
    data["sites"] = {c.name: {k: c.values[k] for k in columns} for c in candidates}
    data["nodes"] = {
        str(c.values["node"]): {"zone": c.values["zone"], "capacity_mw": c.values["deliverable_mw"]}
        for c in candidates
    }
    families = data["components"]
    families["land"] = {
        "max_sites": max_sites,
        "preparation_usd": draw.choice([1e6, 5e6]),
        "lease_usd_per_acre_year": draw.choice([0, 2000]),
    }
    families["headroom"] = {
        "connection_costs": [{"from_kv": 0, "line_usd_per_km": 2e6, "substation_usd": 1e7}]
    }
    families["campus"]["max_new_it_mw_per_year"] = draw.choice([200, 400])
    families["workloads"]["kinds"]["training"]["targets"] = [
        {"from_date": "2027-07", "it_mw": draw.choice([150, 200, 300])}
    ]
    families["transformers"]["classes"]["main_bank"]["stock_units"] = 4
    return data


def drawn(seed: int) -> list[Candidate]:
    """Ten candidates at a few points in two zones."""
    draw = random.Random(seed)
    points = {
        f"POI-{n}": (draw.choice(["cheap", "dear"]), draw.choice([120.0, 220.0])) for n in range(5)
    }
    found = []
    for n in range(10):
        node = draw.choice(sorted(points))
        zone, mw = points[node]
        found.append(
            candidate(
                f"s{n}",
                node=node,
                zone=zone,
                deliverable_mw=mw,
                buildable_acres=draw.choice([100.0, 200.0, 300.0]),
                gen_tie_km=draw.choice([1.0, 5.0, 9.0]),
            )
        )
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_optimum_is_the_same_without_what_was_dropped(seed: int) -> None:
    most = 1 + seed % 2
    all_of_them = drawn(seed)
    kept, dropped = reduced(all_of_them, Reduction(max_sites=most))
    assert len(kept) + len(dropped) == len(all_of_them)
    with_all = plan_of(scenario(all_of_them, most, seed))
    without = plan_of(scenario(kept, most, seed))
    assert without.objective_usd == pytest.approx(with_all.objective_usd, rel=1e-6)


def test_enough_is_dropped_for_that_to_mean_something() -> None:
    assert sum(len(reduced(drawn(s), Reduction(max_sites=1 + s % 2))[1]) for s in range(12)) >= 30


def test_the_proof_needs_its_cap_on_sites() -> None:
    """With more sites than the cap of the reduction the dropped one is missed: the cap matters."""
    two = [candidate("a"), candidate("b", node="POI-2", gen_tie_km=12.0)]
    kept, _ = reduced(two, Reduction(max_sites=1))
    data = scenario(two, 2, seed=1)
    data["components"]["workloads"]["kinds"]["training"]["targets"][0]["it_mw"] = 200
    few = scenario(kept, 2, seed=1)
    few["components"]["workloads"] = data["components"]["workloads"]
    assert plan_of(few).objective_usd > plan_of(data).objective_usd * 1.01


def test_clustering_keeps_the_best_of_a_square_and_says_it_is_approximate() -> None:
    three = [
        candidate("a", gen_tie_km=4.0),
        candidate("b", gen_tie_km=2.0),
        candidate("c", gen_tie_km=90.0),
    ]
    kept, dropped = clustered(three, Clustering(km=50))
    assert names(kept) == ["b", "c"]
    assert dropped[0].reason == "clustered (approximate)" and dropped[0].dominated_by == ("b",)
