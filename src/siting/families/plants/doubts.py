"""What is doubted about the settings of ``plants``."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.errors import Issue
from siting.core.warnings import listed
from siting.core.yaml_source import Path_
from siting.families.doubts import PER_KW, Asked, Begins, Doubts, Ends, Usual, usual_fuel
from siting.families.plants.settings import PlantsConfig

TABLE: Path_ = ("components", "plants")
STAGES = ("permitting_months", "equipment_lead_months", "construction_months")


def more(asked: Asked, config: PlantsConfig, data: object) -> Iterator[Issue]:
    """Units that take no time; plants and technologies that no site can use."""
    instant: list[Path_] = [
        (*TABLE, "technologies", name)
        for name, kind in sorted(config.technologies.items())
        if kind.delivery and not any(getattr(kind, stage) for stage in STAGES)
    ]
    what = "{names}: a unit runs on the day it is started, every stage takes 0 months"
    yield from asked.warn(instant, what, f"State {', '.join(STAGES)}")
    lost = {j for j, plant in config.named.items() if plant.zone not in asked.zones_used}
    what = "no site lies in the zone of the plant {names}"
    yield from asked.warn_rows((*TABLE, "named"), lost, what)
    sold = {plant.sold_to for plant in config.named.values()}
    what = "nothing is sold to {names}: the buyer changes nothing"
    lost_buyers: list[Path_] = [
        (*TABLE, "buyers", number) for number, name in enumerate(config.buyers) if name not in sold
    ]
    yield from asked.warn(lost_buyers, what, f"One of {listed(sorted(sold - {''}), 8)}")
    used = {plant.technology for plant in config.named.values()}
    idle = {
        name
        for name, kind in config.technologies.items()
        if name not in used and "delivery" not in kind.model_fields_set
    }
    what = "{names} state no delivery, and no named plant is of that technology"
    yield from asked.warn_rows((*TABLE, "technologies"), idle, what)
    states = {site.state for site in asked.sites.values()}
    lost = {
        t
        for t, kind in config.technologies.items()
        if kind.states
        and not states & set(kind.states)
        and asked.is_own((*TABLE, "technologies", t, "states"))
    }
    what = "no site lies in any of the states of {names}"
    yield from asked.warn_rows((*TABLE, "technologies"), lost, what)


DOUBTS = Doubts(
    usual=(
        Usual("technologies.*.overnight_usd_per_kw", 50, 50_000, PER_KW),
        Usual("technologies.*.fixed_om_usd_per_kw_year", 0.5, 2_000, PER_KW),
        Usual("technologies.*.unit_mw", 0, 3_000, "a kW is a thousandth of a MW"),
        *usual_fuel("technologies.*"),
    ),
    begins=(
        Begins("named.*.earliest_in_service", "it is in service"),
        Begins("technologies.*.available_from", "a unit may be started"),
    ),
    ends=(
        Ends("named.*.decide_by", "it can never be started", is_last=True),
        Ends("named.*.retires_on", "it never runs"),
    ),
    leads=("technologies.*.construction_months",),
    reads=("zones.*.generation_queue_months",),
    more=more,
)
