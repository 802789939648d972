"""Settings of ``interfaces``, and what they must agree with."""

from __future__ import annotations

from siting.core.errors import Issue
from siting.core.records import Record
from siting.core.strict import Identifier, NonNegative, Share, StrictModel
from siting.core.system import System
from siting.core.warnings import listed
from siting.families.provides import Frame

KM = 1000.0


class Interface(Record):
    """Transfer capability between two zones."""

    from_zone: Identifier
    """Zone at one end."""
    to_zone: Identifier
    """Zone at the other end."""
    forward_mw: NonNegative
    """Most that is sent from ``from_zone`` [MW]."""
    reverse_mw: NonNegative
    """Most that is sent from ``to_zone`` [MW]."""
    distance_km: NonNegative = 0.0
    """Length over which power is sent [km]; gives the losses where ``loss_frac`` is not
    stated."""
    loss_frac: Share | None = None
    """Share of what is sent that is lost; the default follows from the distance."""


class InterfacesConfig(StrictModel):
    """Settings of ``interfaces``."""

    limits: dict[Identifier, Interface]
    """Transfer limits between pairs of zones, by id."""
    loss_frac_per_1000_km: Share = 0.062
    """Losses of 1,000 km; ReEDS takes 1 % for 100 miles."""

    def loss(self, name: str) -> float:
        """Share that an interface loses."""
        record = self.limits[name]
        if record.loss_frac is not None:
            return record.loss_frac
        return min(1.0, self.loss_frac_per_1000_km * record.distance_km / KM)


def is_zone_linked(frame: Frame, config: InterfacesConfig) -> bool:
    """Firm power may be sent between zones."""
    return True


def check(system: System, config: InterfacesConfig) -> list[Issue]:
    """Two known zones each."""
    issues = []
    for name, record in config.limits.items():
        where = f"components.interfaces.limits.{name}"
        for field in ("from_zone", "to_zone"):
            zone = getattr(record, field)
            if zone not in system.zones:
                known = f"one of {listed(sorted(system.zones), 8)}"
                issues.append(
                    Issue(f"{where}.{field}", f"unknown zone '{zone}'", known, "Correct it")
                )
        if record.from_zone == record.to_zone:
            issues.append(Issue(where, "both ends in one zone", "two zones", "Remove it"))
    return issues
