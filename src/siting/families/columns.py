"""The columns of a table that a family reports, and what is special to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Footprint:
    """Emissions or water in the rows of a table that has ``period_start``.

    Attributes:
        kind: what they are of, in words. source: column that says of which.
        quantities: their columns, ``emissions_t`` and ``water_m3``.
    """

    kind: str
    source: str
    quantities: tuple[str, ...] = ("emissions_t", "water_m3")


SUPPLY_COLUMNS = (
    "period_start",
    "location",
    "connection",
    "capacity_mw",
    "firm_mw",
    "average_mw",
    "energy_mwh",
    "emissions_t",
    "water_m3",
)
"""Columns of every table of supply: what others read of it."""


@dataclass(frozen=True)
class Supply:
    """What serves a place in a period, in the rows of a table with ``SUPPLY_COLUMNS``.

    Attributes:
        kind: column that says of which kind it is. suffix: what is added to that in words.
        cover: column of the MW that hold load when a unit is out.
    """

    kind: str
    suffix: str = ""
    cover: str = "capacity_mw"


@dataclass(frozen=True)
class Columns:
    """A result table of a family.

    Attributes:
        names: its columns, in order; the unit of a number ends its name.
        title: what the report of a plan calls it, where it shows it as it stands; empty where the
            report has a section of its own for it, or shows it nowhere.
        when: whether a plan has the table, from the data of the family.
        blank: columns of names that a row may do without.
        at_zones: columns that name a site or a zone, though they are called ``site``.
        supply: its rows are what serves a place in a period.
        acres_at: column of the site whose ``acres`` its rows take from ``start_date`` on.
        footprint: what its rows emit or take of water; None where they do not.
    """

    names: tuple[str, ...]
    title: str = ""
    when: Callable[[Any], bool] = field(default=lambda data: True)
    blank: frozenset[str] = frozenset()
    at_zones: frozenset[str] = frozenset()
    supply: Supply | None = None
    acres_at: str = ""
    footprint: Footprint | None = None
