"""What is doubted about settings before solving: amounts in a wrong unit, dates that never come,
periods longer than lead times, settings that nothing reads. A family declares its own; paths are
within its settings, ``*`` stands for every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from siting.core.errors import Issue
from siting.core.goals import Goal
from siting.core.records import Site
from siting.core.system import System
from siting.core.yaml_source import Path_

PER_KW = "USD per kW is a thousandth of USD per MW"
PER_KWH = "USD per kWh is a thousandth of USD per MWh"
SHARE = "a share, 1 is all of it; 15 % is 0.15"
MARGIN_YEARS = range(2026, 2031)
"""Years for which zones state surplus and margin."""
READS_HEADROOM = (
    "zones.*.headroom_mw",
    "zones.*.headroom_mw_0_5pct",
    "zones.*.headroom_mw_1pct",
    "zones.*.connection_months",
)
"""What families read that limit what zones take."""
READS_SURPLUS = (
    "zones.*.accredited_surplus_mw",
    *(f"zones.*.accredited_surplus_mw_{year}" for year in MARGIN_YEARS),
    "zones.*.reserve_margin_frac",
)
"""What families read that reckon with the accredited surplus of zones."""


@dataclass(frozen=True)
class Usual:
    """Amounts between which a setting usually lies; 0 is never doubted.

    Attributes:
        path: of the setting. hint: what is usually mistaken for it.
    """

    path: str
    low: float
    high: float
    hint: str


@dataclass(frozen=True)
class Begins:
    """A date from which something is so, and what: idle after the last period has begun."""

    path: str
    what: str


@dataclass(frozen=True)
class Ends:
    """A date up to which something is so, and what follows where that is before the horizon.

    Attributes:
        is_last: whether it is so on the date itself.
    """

    path: str
    what: str
    is_last: bool = False


class Asked(Protocol):
    """A scenario as its user wrote it, and what it came to."""

    @property
    def system(self) -> System:
        """What every family shares."""

    @property
    def sites(self) -> Mapping[str, Site]:
        """Sites in the order in which they are written."""

    @property
    def goals(self) -> Sequence[Goal]:
        """Goals that are stated, by rank."""

    @property
    def zones_used(self) -> set[str | None]:
        """Zones in which sites lie, or from which power can be sent to them."""

    @property
    def nodes_used(self) -> set[str]:
        """Points of interconnection of sites."""

    def is_own(self, path: Path_) -> bool:
        """Whether the user wrote a value."""

    def own(self, pattern: str) -> list[tuple[Path_, Any]]:
        """Paths that a pattern names whose values the user wrote, with their values."""

    def where(self, path: Path_) -> str:
        """File, line and key of a value."""

    def warn(self, paths: Iterable[Path_], what: str, fix: str, name_at: int = -1) -> list[Issue]:
        """One warning for equal ones of several paths, with ``{names}`` where rows are named."""

    def warn_rows(self, table: Path_, names: Iterable[str], what: str) -> list[Issue]:
        """One warning for the user's own rows among some of a table."""


@dataclass(frozen=True)
class Doubts:
    """What a family doubts.

    Attributes:
        usual, begins, ends: of its settings.
        leads: its lead times, in months or, by name, in weeks.
        reads: whole paths of what others state and only this family, or one of several, reads.
        more: further warnings, from its settings and its numbers.
    """

    usual: tuple[Usual, ...] = ()
    begins: tuple[Begins, ...] = ()
    ends: tuple[Ends, ...] = ()
    leads: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    more: Callable[[Asked, Any, Any], Iterator[Issue]] | None = None


def usual_fuel(rows: str) -> tuple[Usual, ...]:
    """Amounts of what burns fuel, by row of a table."""
    return (
        Usual(f"{rows}.heat_rate_mmbtu_per_mwh", 3, 30, "6,800 Btu per kWh are 6.8"),
        Usual(f"{rows}.fuel_usd_per_mmbtu", 0.05, 100, "USD per MMBtu"),
        Usual(f"{rows}.variable_om_usd_per_mwh", 0.05, 1_000, PER_KWH),
        Usual(f"{rows}.emissions_t_per_mwh", 0.005, 2, "a tonne is 1,000 kg"),
    )
