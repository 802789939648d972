"""What passes the schema but is probably not meant: one line each, with place and remedy."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from siting.core.errors import InputError, Issue
from siting.core.resources import builtin_path
from siting.core.yaml_source import parse_document
from siting.instance.outlines import outlines
from siting.instance.warn import warnings_of
from siting.pipeline import load
from support.engine import instance_of
from support.instances_all import any_scenario

BASE: dict[str, Any] = {
    "schema_version": 1,
    "name": "quiet",
    "discount_rate_frac": 0.05,
    "horizon": {"start": "2027-01", "steps": [{"until": "2031-01", "step": "half_year"}]},
    "sites": {
        "near": {
            "agency": "DOE", "state": "PA", "zone": "z", "node": "n", "buildable_acres": 300,
            "longitude": -77.0, "latitude": 40.5,
        },
    },
    "zones": {"z": {"headroom_mw": 500, "connection_months": 12, "energy_usd_per_mwh": 40}},
    "nodes": {"n": {"zone": "z", "capacity_mw": 400}},
    "components": {
        "land": {
            "review_paths": {"assessment": {"months": 6}},
            "path_by_agency": {"DOE": "assessment"},
        },
        "campus": {"hall_it_mw": 50, "shell_months": 12, "acres_per_it_mw": 1.0},
        "headroom": {},
        "energy": {},
        "workloads": {
            "kinds": {
                "training": {
                    "targets": [{"from_date": "2028-01", "it_mw": 200}],
                    "delay_cost_usd_per_mw_month": 500000,
                },
            },
        },
    },
}  # fmt: skip
TRAINING = "components.workloads.kinds.training"
GAS = {"unit_mw": 100, "delivery": ["grid"], "construction_months": 24, "overnight_usd_per_kw": 900}
TARGETS = BASE["components"]["workloads"]["kinds"]["training"]["targets"]
GAS_KINDS = {"technologies": {"gas": GAS}}


def written(folder: Path, changes: dict[str, Any]) -> Path:
    """The base with some values, as a file; None takes a key away."""
    data = deepcopy(BASE)
    for path, value in changes.items():
        *keys, last = path.split(".")
        part = data
        for key in keys:
            part = part.setdefault(key, {}) if isinstance(part, dict) else part[int(key)]
        if value is None:
            part.pop(last, None)
        else:
            part[last] = value
    file = folder / "quiet.yaml"
    file.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return file


def warned(folder: Path, changes: dict[str, Any], **given: Any) -> tuple[Issue, ...]:
    """Warnings about the base with some values."""
    return load(written(folder, changes), given.get("overrides")).warnings


def test_a_right_scenario_has_no_warning(tmp_path: Path) -> None:
    assert warned(tmp_path, {}) == ()


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("agency", {"sites.near.agency": "DEO"}, "sites.near", "agency 'DEO' has no review path"),
    ("no agency", {"sites.near.agency": ""}, "sites.near", "no agency is stated"),
    (
        "swapped",
        {"sites.near.longitude": 40.5, "sites.near.latitude": -77.0},
        "sites.near", "look swapped",
    ),
    (
        "abroad",
        {"sites.near.longitude": 2.3, "sites.near.latitude": 48.8},
        "sites.near", "outside the United States",
    ),
    (
        "other state", {"sites.near.longitude": -116.0, "sites.near.latitude": 37.5},
        "sites.near", r"states Pennsylvania, .* outside, in Nevada",
    ),
    ("no state", {"sites.near.state": "Pensylvania"}, "sites.near", "'Pensylvania' is no state"),
    ("no acres", {"sites.near.buildable_acres": None}, "sites.near", "neither acres nor max_it_mw"),
    (
        "no node", {"sites.far": {**BASE["sites"]["near"], "node": None}},
        "sites.far", "no node is stated for 'far'",
    ),
    (
        "no zone", {"sites.near.zone": None, "sites.near.node": None},
        "sites.near", "no zone is stated for 'near'",
    ),
    ("no headroom", {"zones.z.headroom_mw": None}, "zones.z", "no headroom is stated for 'z'"),
    ("no months", {"zones.z.connection_months": None}, "zones.z", "a connection takes no time"),
    (
        "GW", {f"{TRAINING}.targets.0.it_mw": 8},
        f"{TRAINING}.targets", "8 MW, less than one hall of 50 MW",
    ),
    (
        "all sites", {f"{TRAINING}.targets.0.it_mw": 400},
        "components.workloads.kinds", "reach 400 MW of IT load, the sites together hold 300 MW",
    ),
    (
        "all zones", {"zones.z.headroom_mw": 150},
        "components.workloads.kinds", "200 MW with cooling, more than every zone .* 150 MW",
    ),
    ("no delay cost", {f"{TRAINING}.delay_cost_usd_per_mw_month": 0}, TRAINING, "never serves it"),
    (
        "per kW", {f"{TRAINING}.delay_cost_usd_per_mw_month": 500},
        f"{TRAINING}.delay_cost_usd_per_mw_month", "500 of 'training' is outside",
    ),
    ("per kWh", {"zones.z.energy_usd_per_mwh": 0.04}, "zones.z.energy_usd_per_mwh", "USD per kWh"),
    (
        "per MW", {"components.plants": {"technologies": {"gas": {**GAS, "overnight_usd_per_kw": 9e5}}}},
        "components.plants.technologies.gas.overnight_usd_per_kw", "900,000 of 'gas' is outside",
    ),
    ("percent", {"zones.z.reserve_margin_frac": 15}, "zones.z.reserve_margin_frac", "15 % is 0.15"),
    ("gap", {"solver": {"gap_frac": 0.5}}, "solver.gap_frac", "half a percent is 0.005"),
    (
        "falls",
        {f"{TRAINING}.targets": [*TARGETS, {"from_date": "2029-01", "it_mw": 100}]},
        f"{TRAINING}.targets.1", "falls from 200 to 100 MW on 2029-01-01",
    ),
    (
        "too late",
        {f"{TRAINING}.targets": [*TARGETS, {"from_date": "2030-08", "it_mw": 250}]},
        f"{TRAINING}.targets.1.from_date", "only after the last period begins on 2030-07-01",
    ),
    ("case", {"sites.near.agency": "doe"}, "sites.near", "'doe' has no review path.*Write 'DOE'"),
    (
        "no position",
        {"sites.far": {**BASE["sites"]["near"], "longitude": None, "latitude": None}},
        "sites.far", "no longitude and latitude is stated for 'far'",
    ),
    (
        "kW", {f"{TRAINING}.targets.0.it_mw": 200_001},
        f"{TRAINING}.targets.0.it_mw", "200,001 of 'training' is outside",
    ),
    (
        "whole horizon", {"strategies": {"mine": {"decided_within_months": 48}}},
        "strategies.mine", "the whole horizon of 48 months",
    ),
    ("no shell", {"components.campus.shell_months": 0}, "components.campus.shell_months", "0 months"),
    (
        "no stages", {"components.plants": {"technologies": {"gas": {**GAS, "construction_months": 0}}}},
        "components.plants.technologies.gas", "on the day it is started",
    ),
    (
        "long periods",
        {"horizon.steps": [{"until": "2031-01", "step": "year"}], "components.campus.shell_months": 3},
        "horizon.steps", r"periods of 12 months decide a lead time of 3\.0 months \(components\.campus",
    ),
    (
        "no discount",
        {"discount_rate_frac": None, "horizon.steps": [{"until": "2033-01", "step": "half_year"}]},
        ":1:1", "no discount_rate_frac: a dollar in 2032",
    ),
    ("zone without site", {"zones.y": {"headroom_mw": 1}}, "zones.y", "no site lies in 'y'"),
    (
        "node without site", {"nodes.m": {"zone": "z", "capacity_mw": 1}},
        "nodes.m", "no site connects at 'm'",
    ),
    (
        "upgrade", {"nodes.m": {"zone": "z", "capacity_mw": 1}, "components.headroom.upgrades": {
            "u": {"node": "m", "added_mw": 9, "lead_time_months": 6}}},
        "components.headroom.upgrades.u", "no site can use the upgrade 'u'",
    ),
    (
        "late upgrade", {"components.headroom.upgrades": {
            "u": {"node": "n", "added_mw": 9, "lead_time_months": 60}}},
        "components.headroom.upgrades.u", "'u' is ready only after the horizon",
    ),
    (
        "plant", {"zones.y": {"headroom_mw": 1}, "components.plants": {**GAS_KINDS, "named": {
            "p": {"technology": "gas", "zone": "y", "capacity_mw": 1, "earliest_in_service": "2028-01"}}}},
        "components.plants.named.p", "no site lies in the zone of the plant 'p'",
    ),
    (
        "rival", {"components.headroom.rivals": {
            "r": {"zone": "z", "draw_mw": 5, "in_service": "2028-01", "probability_frac": 0}}},
        "components.headroom.rivals.r", "probability 0 and never draws",
    ),
    (
        "late rival",
        {"components.headroom.rivals": {"r": {"zone": "z", "draw_mw": 5, "in_service": "2031-01"}}},
        "components.headroom.rivals.r.in_service", "it draws only after the last period",
    ),
    (
        "beside curtailment",
        {
            "components.curtailment": {"tiers": {"1pct": {"hours_per_year": 100}}},
            "components.headroom.tier": "1pct",
        },
        "components.headroom.tier", "is ignored beside components.curtailment",
    ),
    (
        "beside curtailment in its zone",
        {
            "components.curtailment": {"tiers": {"1pct": {"hours_per_year": 100}}, "zones": ["z"]},
            "components.headroom.tier": "1pct",
        },
        "components.headroom.tier", "is ignored beside components.curtailment",
    ),
    (
        "without cooling", {f"{TRAINING}.rack_kw": 100},
        f"{TRAINING}.rack_kw", "changes nothing without components.cooling",
    ),
    (
        "two headrooms", {"zones.z.headroom_mw_1pct": 600},
        "zones.z", "state headroom_mw, which holds instead",
    ),
    ("gen-tie", {"sites.near.gen_tie_km": 5}, "sites.near.gen_tie_km", "costs nothing"),
    ("review path", {"components.land.review_paths.long": {"months": 30}},
     "components.land.review_paths.long", "no site takes the review path 'long'"),
    ("path of nobody", {"components.land.path_by_agency.BLM": "assessment"},
     "components.land.path_by_agency.BLM", "no site belongs to 'BLM'"),
    ("strategy", {"strategies": {"mine": {"about": "nothing"}}}, "strategies.mine", "restricts nothing"),
    (
        "strategy without plants", {"strategies": {"mine": {"is_restart_first": True}}},
        "strategies.mine", "'mine' changes nothing: .* is_restart_first",
    ),
    (
        "break-even", {"break_evens": {"b": {"paths": ["zones.z.energy_usd"], "lowest": 1, "highest": 2,
                                             "resolution": 0.1, "between": ["optimal", "build_now"]}}},
        "break_evens.b", "unknown path 'zones.z.energy_usd'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "place", "words"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_each_is_said_once_with_its_place(
    changes: dict[str, Any], place: str, words: str, tmp_path: Path
) -> None:
    found = [w for w in warned(tmp_path, changes) if re.search(words, f"{w.what} {w.fix}")]
    assert len(found) == 1, warned(tmp_path, changes)
    assert found[0].where.startswith("quiet.yaml") or str(tmp_path) in found[0].where
    assert found[0].where.endswith(place)
    assert found[0].fix


def test_regions_together_fill_a_hall(tmp_path: Path) -> None:
    """Two regions of 30 MW are more than one hall of 50 MW."""
    place = {"longitude": -77.0, "latitude": 40.5}
    targets = [{"from_date": "2028-01", "it_mw": 30, "region": r} for r in ("a", "b")]
    changes: dict[str, Any] = {f"{TRAINING}.targets": targets}
    changes["components.workloads.regions"] = {"a": place, "b": place}
    assert warned(tmp_path, changes) == ()


def test_equal_warnings_of_many_rows_are_one(tmp_path: Path) -> None:
    rows = {f"s{n:02}": {**BASE["sites"]["near"], "buildable_acres": None} for n in range(12)}
    found = [w for w in warned(tmp_path, {"sites": rows}) if "neither acres" in w.what]
    (one,) = found
    assert "'s00', 's01', 's02' and 9 more" in one.what


def table(folder: Path, reference: dict[str, Any], text: str) -> list[str]:
    """Warnings about a scenario whose sites stand in a CSV, but for those of the other parts."""
    (folder / "sites.csv").write_text(text, encoding="utf-8")
    data = {"sites": {"file": "sites.csv", **reference}}
    return [str(w) for w in warned(folder, data) if "sites" in w.where]


HEAD = "id,agency,state,zone,node,buildable_acres,longitude,latitude"
ROW = "near,DOE,PA,z,n,300,-77.0,40.5"


def test_tables_in_files(tmp_path: Path) -> None:
    assert table(tmp_path, {}, f"{HEAD}\n{ROW}\n") == []
    (one,) = table(tmp_path, {}, f"{HEAD},max_it_MWs,note\n{ROW},100,x\n")
    assert "'max_it_MWs', 'note' are read by nothing; 'max_it_MWs' is near 'max_it_mw'" in one
    ignored = {"ignore_columns": ["note"]}
    (one,) = table(tmp_path, ignored, f"{HEAD},max_it_MWs,note\n{ROW},100,x\n")
    assert "'note'" not in one
    assert table(tmp_path, {"ignore_columns": ["*"]}, f"{HEAD},note\n{ROW},x\n") == []


def test_a_misspelled_column_of_acres(tmp_path: Path) -> None:
    """A table with buildable_acers, and its coordinates in columns of another case."""
    head = "id,agency,state,zone,node,buildable_acers,Longitude,Latitude"
    found = table(tmp_path, {}, f"{head}\n{ROW}\n")
    assert any("'buildable_acers' is near 'buildable_acres'" in line for line in found)
    assert not any("'Longitude'" in line for line in found)  # it is read as longitude
    assert any("neither acres nor max_it_mw limit 'near'" in line for line in found)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ({"where": {"zone": ["z"]}}, "where.zone: it keeps every row"),
        ({"where": {"zone": ["z", "Z1"]}}, "no row of sites.csv has 'Z1' in 'zone'. Write 'z'"),
        ({"only": ["near"]}, "only: it keeps every row"),
        ({"leave_out": ["nera"]}, "sites.csv has no 'nera'. Write 'near'"),
        (
            {"records": {"nera": {"max_it_mw": 5}}},
            "'nera' is a row of its own, no change of 'near'",
        ),
        ({"records": {"near": {"buildable_acres": 300}}}, "states what sites.csv says already"),
    ],
)
def test_filters_and_records(reference: dict[str, Any], words: str, tmp_path: Path) -> None:
    if "Z1" in words:
        words = words.replace(" Write 'z'", "")
    assert any(words in line for line in table(tmp_path, reference, f"{HEAD}\n{ROW}\n"))


def test_a_filter_by_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"where.zones: no column 'zones' in sites.csv.* 'zone'"):
        table(tmp_path, {"where": {"zones": ["z"]}}, f"{HEAD}\n{ROW}\n")


def test_a_change_of_an_included_row_under_another_id(tmp_path: Path) -> None:
    included = {"gas_combined_cycle": {**GAS, "lifetime_years": 25}}
    (tmp_path / "library.yaml").write_text(json.dumps(included), encoding="utf-8")
    for own in (GAS, {"unit_mw": 50}):
        technologies = {"include": "library.yaml", "gas_combined_cycel": own}
        found = warned(tmp_path, {"components.plants": {"technologies": technologies}})
        words = "'gas_combined_cycel' is a row of its own, no change of 'gas_combined_cycle'"
        (one,) = [w for w in found if words in w.what]
        assert one.fix == "Write 'gas_combined_cycle'"


def test_an_override_with_the_value_that_is_there(tmp_path: Path) -> None:
    (one,) = warned(tmp_path, {}, overrides={"zones.z.headroom_mw": 500})
    assert str(one).startswith("override zones.z.headroom_mw: it changes nothing")
    assert warned(tmp_path, {}, overrides={"zones.z.headroom_mw": 501}) == ()


def test_an_override_of_a_built_in_site_is_checked(tmp_path: Path) -> None:
    """Portsmouth lies in Ohio."""
    file = builtin_path("models/federal-2035.yaml")
    (one,) = load(file, {"sites.DOE-PORTSMOUTH.state": "NV"}).warnings
    assert "states Nevada" in one.what
    assert "in Ohio" in one.what


def test_every_capital_lies_in_its_state_and_near_no_other() -> None:
    capitals = {
        "PA": (-76.88, 40.26), "NV": (-119.77, 39.16), "AK": (-134.42, 58.30), "HI": (-157.86, 21.31),
        "TX": (-97.74, 30.27), "MD": (-76.49, 38.98), "VA": (-77.43, 37.54), "MI": (-84.55, 42.73),
    }  # fmt: skip
    for state, here in capitals.items():
        inside = [name for name, outline in outlines().items() if outline.is_inside(*here)]
        assert inside == [state]
        assert outlines()[state].away_km(*here) == 0


def test_distance_to_a_state() -> None:
    """Colorado begins at 37 N; a degree of latitude is 111.2 km."""
    assert outlines()["CO"].away_km(-105.0, 36.0) == pytest.approx(111.2, abs=1.5)
    assert not outlines()["CO"].is_near(-105.0, 36.0, 100.0)
    assert outlines()["CO"].is_near(-105.0, 36.0, 115.0)


MEANT = {
    "restart-vs-new": ["'eddystone_3_4': it can never be started"],
}
"""Warnings of shipped scenarios that are true and meant, as their comments say."""


@pytest.mark.parametrize(
    "path", sorted(builtin_path("models").glob("*.yaml")), ids=lambda p: p.stem
)
def test_shipped_scenarios_are_quiet(path: Path) -> None:
    found = load(path).warnings
    expected = MEANT.get(path.stem, [])
    assert len(found) == len(expected)
    assert all(words in str(one) for words, one in zip(expected, found, strict=True))


@pytest.mark.parametrize("seed", range(40))
def test_any_scenario_can_be_read_for_warnings(seed: int) -> None:
    """Whatever families meet: no crash, one line each, place and words in every one."""
    scenario = any_scenario(seed)
    document = parse_document(json.dumps(scenario), "any.json")
    for one in warnings_of(instance_of(scenario), document):
        assert one.where.startswith("any.json:")
        assert one.what
        assert "\n" not in str(one)
        assert "{" not in one.what
