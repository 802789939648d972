"""What every registered family must be: documented, complete, silent when off."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import pyomo.environ as pyo
import pytest

from siting.core.errors import SitingError
from siting.expressions.labels import Expr, Label, Labels
from siting.families.base import Total
from siting.families.registry import COMPONENTS, totals_of
from siting.model.arrays import ArrayWriter
from siting.model.assemble import Model, assemble
from siting.model.build import FamilyBuild, ModelBuild
from siting.model.pyomo_form import pyomo_model
from support.engine import instance_of
from support.instances import medium
from support.instances_joined import joined

UNITS = ("_mw", "_usd", "_months", "_years", "_frac", "_km", "_kv", "_mva")
SECTIONS = ("Question:", "Assumptions:", "Formulation\n", "Symbols\n", "Sources:", "Limits:")


@pytest.fixture(scope="module")
def models() -> list[Model]:
    """Models that together hold every kind of constraint."""
    return [assemble(instance_of(medium(seed))) for seed in range(12)]


@pytest.mark.parametrize("name", COMPONENTS)
def test_docstring_has_every_section(name: str) -> None:
    for section in SECTIONS:
        assert section in COMPONENTS[name].formulation, section


def test_every_constraint_is_in_the_formulation(models: list[Model]) -> None:
    names = {name for model in models for name, _ in model.linear.row_names}
    assert len(names) > 35
    for full in sorted(names):
        family, _, name = full.partition(".")
        if family != "core":
            assert f"({name})" in COMPONENTS[family].formulation, full


@pytest.mark.parametrize("seed", range(4))
def test_every_variable_and_constraint_is_documented(seed: int) -> None:
    model = pyomo_model(instance_of(medium(seed)))
    for part in (pyo.Var, pyo.Constraint):
        for item in model.component_objects(part):
            assert item.doc, item.name


@pytest.mark.parametrize("name", sorted(set(COMPONENTS) - {"land", "workloads"}))
def test_a_family_that_is_off_adds_nothing(name: str) -> None:
    scenario = medium(1)
    for other, component in COMPONENTS.items():
        if other == name or name in component.requires:
            scenario["components"].pop(other, None)
    linear = assemble(instance_of(scenario)).linear
    assert not any(full.startswith(f"{name}.") for full, _ in linear.row_names)
    assert not any(full.startswith(f"{name}.") for full, _ in linear.columns)


def is_number(kind: Any) -> bool:
    """Whether a setting holds a number, numbers by name, or none."""
    if get_origin(kind) is dict:
        return is_number(get_args(kind)[1])
    return kind in (int, float) or any(is_number(part) for part in get_args(kind))


@pytest.mark.parametrize("name", COMPONENTS)
def test_settings_state_their_units(name: str) -> None:
    """Every number; counts, PUE and prices are named as what they are."""
    counts = {"pue", "spare_banks", "lease_phases", "construction_slots", "dollar_year", "peak_pue"}
    units = (*UNITS, "usd_", "_per_", "max_sites")
    for field, info in COMPONENTS[name].config.model_fields.items():
        if is_number(info.annotation):
            assert field in counts or any(unit in field for unit in units), field


SUPPLY_READERS = {
    "onsite_firm_mw": {"curtailment", "energy"},
    "onsite_mv_firm_mw": {"transformers"},
    "onsite_nameplate_mw": {"plants"},
    "onsite_output_mw": {"curtailment", "energy"},
    "zone_firm_mw": {"adequacy", "curtailment", "energy", "headroom", "ratepayer"},
    "zone_output_mw": {"energy"},
}
"""Families that read what plants give. ``plants`` and ``bridge`` allow no more units than these can use:
a family that is new here must use no more than the load of the place, or say so in ``useful``."""


def test_every_reader_of_supply_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    read: dict[str, set[str]] = {total: set() for total in SUPPLY_READERS}
    plain = FamilyBuild.total

    def noted(self: FamilyBuild, total: str, key: tuple[Label, ...]) -> Expr:
        read.setdefault(total, set()).add(self.family)
        return plain(self, total, key)

    monkeypatch.setattr(FamilyBuild, "total", noted)
    for seed in range(30):
        assemble(instance_of(joined(seed)))
    assert {total: read[total] for total in SUPPLY_READERS} == SUPPLY_READERS


def test_ledger_refuses_a_term_after_reading() -> None:
    totals = {"total_mw": Total("total_mw", ("site",), "MW", "load")}
    build = ModelBuild(ArrayWriter(), totals)
    first, second = build.family("first"), build.family("second")
    first.add_each("total_mw", [("a",)], lambda s: ((s,), 1.0))
    assert second.total("total_mw", (Labels(["a"]),)).constant == [1.0]
    with pytest.raises(SitingError, match="second adds to the total 'total_mw' after it was read"):
        second.add_each("total_mw", [("a",)], lambda s: ((s,), 2.0))


def test_two_families_never_declare_the_same_total() -> None:
    with pytest.raises(SitingError, match="emissions declares the total 'emissions_t' again"):
        totals_of([COMPONENTS["emissions"], COMPONENTS["emissions"]])


@pytest.mark.parametrize("name", COMPONENTS)
def test_totals_say_what_they_mean(name: str) -> None:
    for total in COMPONENTS[name].totals:
        assert total.meaning
        assert total.unit
        assert total.index


def test_bounds_are_the_tightest() -> None:
    """Each computed bound is reached by some plan: one unit less would cut it off."""
    from siting.core.records import Site
    from siting.families.campus.settings import CampusConfig

    campus = CampusConfig(hall_it_mw=50, shell_months=6, acres_per_it_mw=0.5)
    assert campus.most_halls(Site(), 120) == 3  # two halls carry 100 of 120 MW
    assert campus.most_halls(Site(buildable_acres=60), 120) == 2  # 25 acres a hall
    assert campus.most_halls(Site(max_it_mw=99), 120) == 1
    wider = CampusConfig(hall_it_mw=50, shell_months=6, min_campus_it_mw=200)
    assert wider.most_halls(Site(), 120) == 4
