"""Settings and shared data of ``bridge`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil

from siting.core.calendar import Lag, add_months
from siting.core.system import System
from siting.families.bridge.settings import BridgeConfig, RentedUnit

Key = tuple[str, str, int]
"""Product, site, period."""


@dataclass(frozen=True)
class BridgeData:
    """Numbers of the formulas."""

    system: System
    products: Mapping[str, RentedUnit]
    lag: Mapping[str, Lag]
    """From the commitment to the end of mobilisation, by product."""
    max_units: Mapping[Key, int]
    rentals: tuple[Key, ...]
    """(product, site, period) in which units may be on rent, sorted."""

    def firm_mw(self, product: str, site: str) -> float:
        """Firm power of one unit of a product at a site [MW]."""
        one = self.products[product]
        return _credit(self.system, one, site) * one.unit_mw

    @property
    def running(self) -> list[Key]:
        """Those of products that give energy."""
        return [key for key in self.rentals if self.products[key[0]].output_frac]


def prepare(system: System, config: BridgeConfig) -> BridgeData:
    """Periods of each product and site, and the most units worth renting."""
    calendar = system.calendar
    products = dict(sorted(config.products.items()))
    lags = {
        k: calendar.lag(partial(add_months, months=product.mobilisation_months))
        for k, product in products.items()
    }
    # units may be kept for a need that comes back, never for one that has not yet been
    need_mw = {
        (s, p): max(system.draw_limit_mw(s, q) for q in range(p + 1))
        for s, p in system.service_periods
    }
    limits = {
        (k, s, p): _unit_limit(product, _credit(system, product, s), need_mw[s, p])
        for k, product in products.items()
        for s, p in system.service_periods
    }
    rentals = [
        (k, s, p)
        for k, product in products.items()
        for s, p in system.service_periods
        if limits[k, s, p]
        and lags[k].terms[p]
        and product.is_available(calendar.starts[p], calendar.finish(p))
    ]
    return BridgeData(system, products, lags, limits, tuple(rentals))


def _credit(system: System, product: RentedUnit, site: str) -> float:
    """Firm share of the nameplate of a product at a site."""
    return product.credit_frac(site not in system.node_of)


def _unit_limit(product: RentedUnit, credit: float, need_mw: float) -> int:
    """Most units worth renting at a site in a period: the firm or energy need of its load."""
    useful = [share for share in (credit, product.output_frac) if share > 0]
    if not useful:
        return 0
    limit = ceil(need_mw / (min(useful) * product.unit_mw) - 1e-9)
    most = product.max_units_per_site
    return limit if most is None else min(limit, most)
