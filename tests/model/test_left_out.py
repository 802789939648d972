"""Each constraint is needed: without it some small scenario is cheaper, or its plan fails the audit."""

from __future__ import annotations

import pytest

from siting.families.registry import COMPONENTS
from siting.model.assemble import assemble
from support.engine import instance_of
from support.instances_joined import joined
from support.left_out import is_missed, names_in, prepared

MISSED_IN: dict[str, tuple[str, int]] = {
    "adequacy.reserve_margin": ("adequacy+bridge", 7297),
    "bridge.arrivals": ("budget+water", 1500),
    "bridge.committed": ("bridge+land", 3045),
    "bridge.fleet": ("bridge+network", 5254),
    "bridge.permit_hours": ("bridge+land", 3045),
    "budget.total_cap": ("joined", 554),
    "budget.yearly_cap": ("medium", 720),
    "campus.energised": ("campus+interfaces", 1537),
    "campus.halls_monotone": ("medium", 720),
    "campus.minimum_campus": ("campus+cooling", 4970),
    "campus.ramp": ("campus+cooling", 4970),
    "campus.ready": ("adequacy+bridge", 7297),
    "cooling.chosen": ("joined", 870),
    "cooling.one_option": ("joined", 870),
    "cooling.rack_density": ("land+water", 613),
    "cooling.split": ("budget+cooling", 9325),
    "core.commit_monotone": ("land+water", 1768),
    "curtailment.backup_energy": ("ratepayer+water", 7550),
    "curtailment.curve": ("curtailment+water", 6284),
    "curtailment.curve_end": ("curtailment+energy", 9049),
    "curtailment.flexible": ("curtailment+energy", 2592),
    "curtailment.one_tier": ("joined", 164),
    "curtailment.opened": ("adequacy+land", 9676),
    "curtailment.paused": ("ratepayer+water", 7550),
    "curtailment.peak_balance": ("ratepayer+water", 7550),
    "curtailment.real_load": ("overdrawn", 0),
    "curtailment.tier_choice": ("curtailment+energy", 2592),
    "curtailment.tier_connected": ("curtailment+plants", 501),
    "curtailment.tier_draw": ("curtailment+plants", 501),
    "emissions.agency_cap": ("tiny", 658),
    "emissions.yearly_cap": ("curtailment+emissions", 1980),
    "emissions.zone_cap": ("curtailment+emissions", 9014),
    "energy.capacity": ("adequacy+bridge", 7297),
    "energy.energy_balance": ("headroom+water", 7737),
    "energy.energy_draw": ("tiny", 166),
    "energy.firm_balance": ("headroom+water", 7737),
    "energy.purchase": ("headroom+water", 7737),
    "headroom.asked": ("curtailment+plants", 501),
    "headroom.connect_monotone": ("curtailment+plants", 501),
    "headroom.connected": ("land+water", 1768),
    "headroom.node_limit": ("joined", 164),
    "headroom.unconnected": ("late", 0),
    "headroom.upgrade_monotone": ("adequacy+land", 9676),
    "headroom.used_connected": ("interfaces+land", 4747),
    "headroom.zone_limit": ("campus+interfaces", 1537),
    "land.area_limit": ("narrow", 0),
    "land.group_limit": ("small", 117),
    "land.option_held": ("optioned", 0),
    "land.phase_area": ("medium", 686),
    "land.programmatic_monotone": ("tiering", 0),
    "land.released_monotone": ("optioned", 0),
    "land.tiered_after": ("interfaces+land", 4747),
    "land.tiered_monotone": ("medium", 686),
    "land.tiered_new": ("medium", 982),
    "land.yearly_limit": ("slow", 0),
    "network.balance": ("network+ratepayer", 6443),
    "network.withdrawal": ("network+workloads", 8849),
    "plants.construction_slots": ("joined", 164),
    "plants.deliverable": ("curtailment+plants", 501),
    "plants.exclusive": ("joined", 14),
    "plants.largest_out": ("headroom+plants", 2919),
    "plants.learned": ("plants+ride_through", 3614),
    "plants.named_output": ("joined", 164),
    "plants.output": ("curtailment+plants", 501),
    "plants.reviewed": ("plants+transformers", 3803),
    "plants.sequence": ("plants+ride_through", 3614),
    "plants.shared_rights": ("joined", 509),
    "plants.start_monotone": ("plants+transformers", 3665),
    "plants.supply": ("budget+ratepayer", 2762),
    "plants.unit_there": ("headroom+plants", 2919),
    "plants.units_monotone": ("joined", 554),
    "ratepayer.bill_cap": ("headroom+ratepayer", 8123),
    "ratepayer.price_curve": ("headroom+ratepayer", 8123),
    "ride_through.equipped_committed": ("cooling+ride_through", 4088),
    "ride_through.equipped_monotone": ("ride_through+transformers", 4788),
    "ride_through.held": ("campus+ride_through", 2903),
    "ride_through.held_draw": ("cooling+ride_through", 4088),
    "ride_through.trip_limit": ("campus+cooling", 4970),
    "transformers.assign_committed": ("budget+emissions", 5239),
    "transformers.assign_monotone": ("bridge+headroom", 6775),
    "transformers.bank": ("bridge+headroom", 6775),
    "transformers.bank_draw": ("medium", 686),
    "transformers.breaker": ("headroom+transformers", 8295),
    "transformers.order_committed": ("adequacy+budget", 6286),
    "transformers.order_monotone": ("adequacy+budget", 6286),
    "transformers.pool_cover": ("joined", 554),
    "transformers.pool_monotone": ("joined", 298),
    "transformers.reserve_monotone": ("joined", 554),
    "transformers.slots": ("joined", 164),
    "transformers.spare_first": ("joined", 554),
    "transformers.spare_kept": ("joined", 554),
    "transformers.step_up": ("plants+transformers", 3665),
    "transformers.supply_limit": ("emissions+transformers", 2367),
    "transformers.switchgear": ("land+transformers", 6773),
    "water.agency_cap": ("budget+water", 1500),
    "water.basin_cap": ("joined", 562),
    "water.yearly_cap": ("energy+water", 9116),
    "workloads.campus_count": ("joined", 139),
    "workloads.campus_floor": ("joined", 554),
    "workloads.campus_room": ("joined", 554),
    "workloads.host_monotone": ("joined", 139),
    "workloads.meet_target": ("budget+cooling", 9325),
    "workloads.moved": ("joined", 101),
    "workloads.place": ("budget+cooling", 9325),
}
"""A scenario in which each constraint is missed; the names stand in the formulations."""
UNSEEN: dict[str, str] = {
    "land.it_limit": "workloads.link_limit keeps it too",
    "workloads.link_limit": "land.it_limit keeps it too",
    "transformers.undelivered": "an order that never arrives serves nothing, so it is tidied away",
    "curtailment.given_way": "follows in whole numbers, as the formulation shows; for the relaxation",
    "curtailment.pause_backed": "follows in whole numbers, as the formulation shows; for the relaxation",
    "land.phase_limit": "halls and plants that take acres wait for the review of a committed site",
    "land.phase_monotone": "acres in use never fall, and rent is paid for every phase",
    "plants.unlocked_monotone": "units stay, so whatever is unlocked and used stays unlocked",
}
"""Constraints that no scenario misses by themselves, each with what keeps it from being missed."""


@pytest.mark.parametrize("name", sorted(MISSED_IN))
def test_it_is_missed_where_it_is_left_out(name: str) -> None:
    instance, model, optimum = prepared(*MISSED_IN[name])
    assert name in names_in(model.linear)
    assert is_missed(instance, model, optimum, name)


def test_two_that_keep_the_same_are_missed_together() -> None:
    instance, model, optimum = prepared("land+plants", 8557)
    assert is_missed(instance, model, optimum, "land.it_limit", "workloads.link_limit")


def test_every_constraint_is_known() -> None:
    """Of the scenarios above, and of those that join all families."""
    found: set[str] = set()
    for kind, number in sorted(set(MISSED_IN.values())):
        found |= names_in(prepared(kind, number)[1].linear)
    for seed in range(12):
        found |= names_in(assemble(instance_of(joined(seed))).linear)
    own = {name for name in found if name.partition(".")[0] in {*COMPONENTS, "core"}}
    assert own <= set(MISSED_IN) | set(UNSEEN), own - set(MISSED_IN) - set(UNSEEN)
    assert not set(MISSED_IN) & set(UNSEEN)
