"""Warnings about what changes nothing: settings of families that are off, rows that nothing uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from siting.core.calendar import months_between
from siting.core.errors import Issue
from siting.core.paths import ANY, unknown
from siting.core.study import Strategy
from siting.core.yaml_source import Path_
from siting.instance.asked import Asked


@dataclass(frozen=True)
class Idle:
    """A setting that nothing reads.

    Attributes:
        without: families of which one has to be on. beside: a family under which it is ignored.
    """

    path: str
    without: tuple[str, ...] = ()
    beside: str = ""


KINDS, PLANTS = "components.workloads.kinds.*", "components.plants.technologies.*"
SURPLUS = "accredited_surplus_mw"
ZONES = ("headroom", "curtailment")
IDLE = (
    Idle("components.headroom.tier", beside="curtailment"),
    *(Idle(f"{KINDS}.{key}", without=("cooling",)) for key in ("rack_kw",)),
    Idle("sites.*.basin", without=("water",)),
    *(
        Idle(f"{PLANTS}.{key}", without=("transformers",))
        for key in ("step_up_class", "step_up_per_unit")
    ),
    *(
        Idle(f"zones.*.{key}", without=ZONES)
        for key in ("headroom_mw", "headroom_mw_0_5pct", "headroom_mw_1pct", "connection_months")
    ),
    Idle("nodes.*.capacity_mw", without=("headroom",)),
    Idle("sites.*.connection_months", without=("headroom",)),
    Idle("sites.*.gen_tie_km", without=("headroom",)),
    Idle("zones.*.energy_usd_per_mwh", without=("energy",)),
    Idle("zones.*.capacity_usd_per_mw_day", without=("energy",)),
    Idle("zones.*.headroom_mw_0pct", without=("curtailment",)),
    Idle("zones.*.generation_queue_months", without=("plants",)),
    *(
        Idle(f"zones.*.{key}", without=("adequacy", "curtailment", "ratepayer"))
        for key in (SURPLUS, *(f"{SURPLUS}_{year}" for year in range(2026, 2031)))
    ),
    Idle("zones.*.reserve_margin_frac", without=("adequacy", "curtailment", "ratepayer")),
)


RESTART = "restart"
"""``kind`` of a named plant that is restarted."""


def warn_idle(asked: Asked) -> Iterator[Issue]:
    """Settings, rows and studies without effect."""
    yield from _settings(asked)
    yield from _overruled(asked)
    yield from _unused_rows(asked)
    yield from _rivals(asked)
    yield from _studies(asked)


def _settings(asked: Asked) -> Iterator[Issue]:
    """Settings of families beside others, by the user's own rows."""
    on = set(asked.families)
    for idle in IDLE:
        ignored = (idle.without and not on & set(idle.without)) or idle.beside in on
        paths = [path for path, value in asked.own(idle.path) if value not in (None, "")]
        if ignored and paths:
            row = idle.path.split(".").index(ANY) if ANY in idle.path else -1
            of = " of {names}" if ANY in idle.path else ""
            if idle.beside:
                why = f"is ignored beside components.{idle.beside}"
                fix = f"Remove it, or components.{idle.beside}"
            else:
                why = f"changes nothing without components.{' or components.'.join(idle.without)}"
                fix = f"Add components.{idle.without[0]}, or remove it"
            yield from asked.warn(paths, f"{paths[0][-1]}{of} {why}", fix, row)


def _overruled(asked: Asked) -> Iterator[Issue]:
    """Settings that another one of the same row or family takes the place of."""
    years = range(2026, 2031)
    for one, others in (
        (
            "headroom_mw",
            [f"headroom_mw_{t}" for t in ("0pct", "0_25pct", "0_5pct", "1pct", "5pct")],
        ),
        (SURPLUS, [f"{SURPLUS}_{year}" for year in years]),
        ("reserve_margin_frac", [f"reserve_margin_frac_{year}" for year in years]),
    ):
        paths = []
        for path, row in asked.own("zones.*"):
            stated = isinstance(row, dict) and row.get(one) is not None
            if stated and any(row.get(other) is not None for other in others):
                paths.append(path)
        what = f"{{names}} state {one}, which holds instead of {others[0]} to {others[-1]}"
        yield from asked.warn(paths, what, f"Remove {one} or the others")
    headroom, land = asked.families.get("headroom"), asked.families["land"]
    if headroom is not None and not headroom.connection_costs:
        paths = [path for path, km in asked.own("sites.*.gen_tie_km") if km]
        what = "gen_tie_km of {names} costs nothing: no connection_costs are stated"
        yield from asked.warn(paths, what, "State components.headroom.connection_costs", 1)
    if headroom is not None and headroom.rival_percentile_frac is not None and not headroom.rivals:
        place: Path_ = ("components", "headroom", "rival_percentile_frac")
        yield from asked.warn([place], "a percentile of rivals, and no rivals", "Add rivals")
    if land.lease_phases and not land.lease_usd_per_acre_year:
        place = ("components", "land", "lease_phases")
        what = "leases in phases that cost nothing"
        yield from asked.warn([place], what, "State lease_usd_per_acre_year")
    for name, kind in asked.families["workloads"].kinds.items():
        listed = {link.workload for link in asked.families["workloads"].links.values()}
        far: list[Path_] = [
            ("sites", s)
            for s, site in asked.instance.system.sites.items()
            if kind.max_latency_ms is not None and None in (site.longitude, site.latitude)
        ]
        what = "{names} have no position: max_latency_ms of '" + name + "' "
        what += "cannot be checked" if name in listed else "keeps it away from there"
        yield from asked.warn(far, what, "State longitude and latitude")


def _unused_rows(asked: Asked) -> Iterator[Issue]:
    """The user's zones, nodes, upgrades, plants and technologies that no site can use."""
    scenario, families = asked.instance.scenario, asked.families
    system = asked.instance.system
    zones, nodes = {s.zone for s in scenario.sites.values()}, set(system.node_of.values())
    if "interfaces" in families:
        zones |= set(scenario.zones)
    yield from _rows(asked, ("zones",), set(scenario.zones) - zones, "no site lies in {names}")
    names = set(scenario.nodes) - nodes
    yield from _rows(asked, ("nodes",), names, "no site connects at {names}")
    headroom, plants = families.get("headroom"), families.get("plants")
    if headroom is not None:
        lost = {
            u
            for u, upgrade in headroom.upgrades.items()
            if upgrade.node not in nodes and upgrade.zone not in zones
        }
        what = "no site can use the upgrade {names}: none is at its node or in its zone"
        yield from _rows(asked, ("components", "headroom", "upgrades"), lost, what)
        kept = asked.instance.data["headroom"].upgrades
        late = set(headroom.upgrades) - lost - set(kept)
        what = "the upgrade {names} is ready only after the horizon"
        yield from _rows(asked, ("components", "headroom", "upgrades"), late, what)
    if plants is not None:
        place: Path_ = ("components", "plants", "named")
        lost = {j for j, plant in plants.named.items() if plant.zone not in zones}
        yield from _rows(asked, place, lost, "no site lies in the zone of the plant {names}")
        used = {plant.technology for plant in plants.named.values()}
        idle = {
            name
            for name, kind in plants.technologies.items()
            if name not in used and "delivery" not in kind.model_fields_set
        }
        what = "{names} state no delivery, and no named plant is of that technology"
        yield from _rows(asked, ("components", "plants", "technologies"), idle, what)
        states = {site.state for site in scenario.sites.values()}
        lost = {
            t
            for t, k in plants.technologies.items()
            if k.states
            and not states & set(k.states)
            and asked.is_own((*place[:-1], "technologies", t, "states"))
        }
        what = "no site lies in any of the states of {names}"
        yield from _rows(asked, ("components", "plants", "technologies"), lost, what)
    land = families["land"]
    named = {site.review_path for site in scenario.sites.values()} | {land.default_path}
    for listed in land.path_by_agency.values():
        named |= set(listed.values()) if isinstance(listed, dict) else {listed}
    named |= {p for policy in land.policies.values() for p in policy.replaces.values()}
    named |= {review.tiered_path for review in land.programmatic.values()}
    idle = set(land.review_paths) - named
    what = "no site takes the review path {names}"
    yield from _rows(asked, ("components", "land", "review_paths"), idle, what)


def _rows(asked: Asked, table: Path_, names: Iterable[str], what: str) -> Iterator[Issue]:
    """One warning for the user's own rows among some."""
    paths = [(*table, name) for name in sorted(names) if asked.is_own_row((*table, name))]
    yield from asked.warn(paths, what, "Correct or remove it")


def _rivals(asked: Asked) -> Iterator[Issue]:
    """Rivals that take nothing from any site."""
    headroom, system = asked.families.get("headroom"), asked.instance.system
    if headroom is None:
        return
    zones, nodes = {s.zone for s in system.sites.values()}, set(system.node_of.values())
    if "interfaces" in asked.families:
        zones |= set(system.zones)
    place: Path_ = ("components", "headroom", "rivals")
    never = {r for r, rival in headroom.rivals.items() if rival.probability_frac == 0}
    yield from _rows(asked, place, never, "the rival {names} has probability 0 and never draws")
    far = {
        r
        for r, rival in headroom.rivals.items()
        if rival.zone not in zones
        and rival.node not in nodes
        and system.zone_at(str(rival.node)) not in zones
    }
    what = "the rival {names} draws where no site does"
    yield from _rows(asked, place, far - never, what)


def _studies(asked: Asked) -> Iterator[Issue]:
    """Strategies that restrict nothing, and paths of studies that name nothing."""
    scenario = asked.instance.scenario
    calendar = asked.instance.system.calendar
    plain = Strategy().model_dump(exclude={"about"})
    for name, strategy in scenario.strategies.items():
        place: Path_ = ("strategies", name)
        if strategy.model_dump(exclude={"about"}) == plain and name != "optimal":
            yield from asked.warn([place], "{names} restricts nothing", "State a restriction")
        months = months_between(calendar.starts[0], calendar.end)
        if strategy.decided_from_months == 0 or (strategy.decided_within_months or 0) >= months:
            what = f"{{names}}: it leaves the whole horizon of {months} months to decide in"
            yield from asked.warn([place], what, "Correct the months")
        held_back = _held_back(asked, strategy)
        if held_back and not any(held_back.values()):
            what = f"{{names}} changes nothing: nothing to hold back by {', '.join(held_back)}"
            yield from asked.warn([place], what, "Remove it, or compare it in another scenario")
    data = asked.document.data
    studies: list[tuple[Path_, list[str]]] = [
        (("bottlenecks", name), [change.path for change in step.changes if not change.is_new])
        for name, step in scenario.bottlenecks.items()
    ]
    studies += [(("break_evens", n), list(b.paths)) for n, b in scenario.break_evens.items()]
    for place, paths in studies:
        for path in paths:
            if not asked.stated(path):
                yield unknown(data, path, asked.document.where(place))


def _held_back(asked: Asked, strategy: Strategy) -> dict[str, bool]:
    """Restrictions that a strategy states, and whether the scenario has what each holds back."""
    families = asked.families
    plants: Any = families.get("plants")
    restarts = plants is not None and any(p.kind == RESTART for p in plants.named.values())
    stated = strategy.model_dump(exclude={"about"}, exclude_defaults=True)
    has = {
        "new_supply": plants is not None,
        "supply_ready_months": plants is not None,
        "is_rental_allowed": "bridge" in families,
        "is_grid_asked_at_once": "headroom" in families,
        "is_restart_first": restarts,
    }
    return {setting: has.get(setting, True) for setting in stated}
