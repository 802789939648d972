"""Variables, ledger terms and constraints of ``adequacy``; the formulation stands in the package."""

from __future__ import annotations

from functools import partial

from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.adequacy.data import AdequacyData
from siting.families.base import Build, firm_draw


def declare(build: Build, data: AdequacyData) -> None:
    """Nothing to decide."""


def constrain(build: Build, data: AdequacyData) -> None:
    """Requirement of each zone, season and period, and the deficit that new load must cure."""
    single = {pair: seasons[0] for pair, seasons in data.seasons.items() if len(seasons) == 1}
    several = [(z, k, p) for z, k, p in data.index if (z, p) not in single]

    def needed(z: Label, k: Label, p: Label) -> Expr:
        drawn = sum_over(pick(data.sites_in, z), partial(firm_draw, build), p)
        return at(data.requirement, z, k, p) * drawn

    def supply(z: Label, k: Label, p: Label) -> Expr:
        return at(data.surplus_mw, z, k, p) + build.total("zone_firm_mw", (z, p))

    @build.constraint(over=list(single), doc="reserve margin", unit="MW")
    def reserve_margin(z: Label, p: Label) -> Relation:
        k = pick(lambda z, p: single[z, p], z, p)
        return needed(z, k, p) <= supply(z, k, p)

    @build.constraint(over=several, doc="reserve margin of a season", unit="MW")
    def season_margin(z: Label, k: Label, p: Label) -> Relation:
        return needed(z, k, p) <= supply(z, k, p)

    @build.constraint(over=data.site_deficits(), doc="deficit of a zone cured", unit="MW")
    def deficit_cured(s: Label, k: Label, p: Label) -> Relation:
        z = pick(lambda s: str(data.system.sites[s].zone), s)
        short = at(data.deficit_mw, z, k, p) * build.total("connected", (s, p))
        return needed(z, k, p) + short <= supply(z, k, p)
