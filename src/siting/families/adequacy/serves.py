"""Whether a zone would be short of its reserve margin with less firm power."""

from __future__ import annotations

from siting.families.adequacy.data import AdequacyData
from siting.families.books import Books, Less, is_short


def misses(books: Books, data: AdequacyData, less: Less) -> bool:
    """Whether the reserve margin of a zone is broken; an upgrade adds nothing to it."""
    z, p = less.key
    if less.room_mw or z not in data.sites_in:
        return False
    firm = books.zone_firm.get((z, p), 0.0) - less.firm_mw
    drawn = books.drawn(books.firm_draw, data.sites_in[z], p)
    return is_short((1 + data.margin[z, p]) * drawn, data.surplus_mw[z, p] + firm)
