"""Variables, ledger terms and constraints of ``adequacy``; the formulation stands in the package."""

from __future__ import annotations

from functools import partial

from siting.expressions.labels import Label, Relation, at, pick, sum_over
from siting.families.adequacy.data import AdequacyData
from siting.families.base import Build, firm_draw


def declare(build: Build, data: AdequacyData) -> None:
    """Nothing to decide."""


def constrain(build: Build, data: AdequacyData) -> None:
    """Reserve margin of each zone and period."""

    @build.constraint(over=data.zone_periods, doc="reserve margin", unit="MW")
    def reserve_margin(z: Label, p: Label) -> Relation:
        drawn = sum_over(pick(data.sites_in, z), partial(firm_draw, build), p)
        supply = at(data.surplus_mw, z, p) + build.total("zone_firm_mw", (z, p))
        return (1 + at(data.margin, z, p)) * drawn <= supply
