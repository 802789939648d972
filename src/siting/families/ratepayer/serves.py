"""Whether the bill of other customers would be above its cap with less firm power."""

from __future__ import annotations

from siting.core.units import DAYS_PER_YEAR
from siting.families.books import Books, Less, is_short
from siting.families.ratepayer.data import RatepayerData


def misses(books: Books, data: RatepayerData, less: Less) -> bool:
    """Whether the cap on bills in a zone is broken; an upgrade adds no supply."""
    z, p = less.key
    if less.room_mw or z not in data.cap_usd:
        return False
    firm = books.zone_firm.get((z, p), 0.0) - less.firm_mw
    drawn = books.drawn(books.firm_draw, data.sites_in[z], p)
    left = float(data.left_mw(z, p, firm, drawn))
    rise = data.price(z, left) - data.price(z, data.surplus_mw[z, p])
    network = books.sums("ratepayer", ("zone",), "network_usd").get((z, p), 0.0)
    return is_short(network + DAYS_PER_YEAR * data.peak_mw[z] * rise, data.cap_usd[z])
