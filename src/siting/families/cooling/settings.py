"""Settings of ``cooling``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.errors import Issue
from siting.core.records import Record
from siting.core.strict import Identifier, NonNegative, Positive, StrictModel
from siting.core.system import System
from siting.families.provides import Frame


class CoolingOption(Record):
    """A way to cool a site."""

    pue: float = Field(ge=1.0)
    """Power usage effectiveness, mean of the year: facility MW per IT MW. It sets energy."""
    peak_pue: float | None = Field(default=None, ge=1.0)
    """The same in the hottest hour; it sizes draw, transformers and power on site. None means ``pue``."""
    water_m3_per_it_mwh: NonNegative = 0.0
    """Water consumed on site [m3 per MWh of IT energy, the same number as L per kWh]."""
    usd_per_it_mw_year: NonNegative = 0.0
    """Yearly cost beyond that of the halls [USD per IT MW and year]."""
    max_rack_kw: Positive | None = None
    """Densest rack it can cool [kW]; none means any."""

    @property
    def sizing_pue(self) -> float:
        """PUE of the hottest hour."""
        return self.pue if self.peak_pue is None else self.peak_pue

    def can_cool(self, rack_kw: float) -> bool:
        """Whether it can cool a rack."""
        return self.max_rack_kw is None or self.max_rack_kw >= rack_kw


class CoolingConfig(StrictModel):
    """Settings of ``cooling``."""

    options: dict[Identifier, CoolingOption] = Field(min_length=1)
    """Ways to cool, by id; each site takes one."""


def pue(frame: Frame, config: CoolingConfig) -> float:
    """The largest PUE of a hottest hour that a site may choose."""
    return max(option.sizing_pue for option in config.options.values())


def facility_load_table(frame: Frame, config: CoolingConfig) -> str:
    """The table of loads by option."""
    return "cooling"


def check(system: System, config: CoolingConfig) -> list[Issue]:
    """Every workload can be cooled by some option; the hottest hour takes no less than the mean."""
    cool = [
        Issue(
            f"components.cooling.options.{name}.peak_pue",
            f"a peak PUE of {option.sizing_pue:g} below the mean of {option.pue:g}",
            "at least pue",
            "Correct one of them",
        )
        for name, option in config.options.items()
        if option.sizing_pue < option.pue
    ]
    densest = max(option.max_rack_kw or 0.0 for option in config.options.values())
    return cool + [
        Issue(
            f"components.workloads.kinds.{workload}.rack_kw",
            f"racks of {rack_kw:g} kW, which no option of components.cooling can cool",
            f"at most {densest:g}",
            "Lower it, or add an option for such racks to components.cooling.options",
        )
        for workload, rack_kw in sorted(system.rack_kw.items())
        if not any(option.can_cool(rack_kw) for option in config.options.values())
    ]
