"""What is doubted about the settings of ``headroom``."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.errors import Issue
from siting.core.yaml_source import Path_
from siting.families.doubts import READS_HEADROOM, Asked, Begins, Doubts, Usual
from siting.families.headroom.data import HeadroomData
from siting.families.headroom.settings import HeadroomConfig

TABLE: Path_ = ("components", "headroom")


def more(asked: Asked, config: HeadroomConfig, data: HeadroomData) -> Iterator[Issue]:
    """Connections of nothing, upgrades and rivals that change nothing."""
    yield from _connections(asked, config)
    yield from _upgrades(asked, config, data)
    yield from _rivals(asked, config)


def _connections(asked: Asked, config: HeadroomConfig) -> Iterator[Issue]:
    """Connections that take no time or cost nothing."""
    sites = [site for site in asked.sites.values() if site.connection_months is None]
    used = sorted({site.zone for site in sites if site.zone is not None})
    zones: list[Path_] = [("zones", z) for z in used if not asked.system.zones[z].connection_months]
    what = "{names}: a connection takes no time, connection_months is 0"
    yield from asked.warn(zones, what, "State the months of study, queue and works")
    if not config.connection_costs:
        paths = [path for path, km in asked.own("sites.*.gen_tie_km") if km]
        what = "gen_tie_km of {names} costs nothing: no connection_costs are stated"
        yield from asked.warn(paths, what, "State components.headroom.connection_costs", 1)


def _upgrades(asked: Asked, config: HeadroomConfig, data: HeadroomData) -> Iterator[Issue]:
    """Upgrades that no site can use, or not within the horizon."""
    lost = {
        u
        for u, upgrade in config.upgrades.items()
        if upgrade.node not in asked.nodes_used and upgrade.zone not in asked.zones_used
    }
    what = "no site can use the upgrade {names}: none is at its node or in its zone"
    yield from asked.warn_rows((*TABLE, "upgrades"), lost, what)
    late = set(config.upgrades) - lost - set(data.upgrades)
    what = "the upgrade {names} is ready only after the horizon"
    yield from asked.warn_rows((*TABLE, "upgrades"), late, what)


def _rivals(asked: Asked, config: HeadroomConfig) -> Iterator[Issue]:
    """Rivals that take nothing from any site."""
    if config.rival_percentile_frac is not None and not config.rivals:
        what = "a percentile of rivals, and no rivals"
        yield from asked.warn([(*TABLE, "rival_percentile_frac")], what, "Add rivals")
    never = {r for r, rival in config.rivals.items() if rival.probability_frac == 0}
    what = "the rival {names} has probability 0 and never draws"
    yield from asked.warn_rows((*TABLE, "rivals"), never, what)
    far = {
        r
        for r, rival in config.rivals.items()
        if rival.zone not in asked.zones_used
        and rival.node not in asked.nodes_used
        and asked.system.zone_at(str(rival.node)) not in asked.zones_used
    }
    what = "the rival {names} draws where no site does"
    yield from asked.warn_rows((*TABLE, "rivals"), far - never, what)


DOUBTS = Doubts(
    usual=(
        Usual("connection_costs.*.line_usd_per_km", 1e4, 1e8, "USD per km"),
        Usual("upgrades.*.overnight_usd", 1e4, 1e11, "dollars, not millions"),
    ),
    begins=(
        Begins("rivals.*.in_service", "it draws"),
        Begins("upgrades.*.earliest_in_service", "it is in service"),
    ),
    leads=("upgrades.*.lead_time_months",),
    reads=(
        *READS_HEADROOM,
        "nodes.*.capacity_mw",
        "sites.*.connection_months",
        "sites.*.gen_tie_km",
    ),
    more=more,
)
