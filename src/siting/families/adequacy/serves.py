"""Whether a zone would be short of its reserve margin with less firm power."""

from __future__ import annotations

from siting.families.adequacy.audit import is_connected
from siting.families.adequacy.data import AdequacyData
from siting.families.books import Books, Less, is_short


def misses(books: Books, data: AdequacyData, less: Less) -> bool:
    """Whether the requirement of a zone is broken in a season; an upgrade adds nothing to it."""
    z, p = less.key
    if less.room_mw or z not in data.sites_in:
        return False
    firm = books.zone_firm.get((z, p), 0.0) - less.firm_mw
    drawn = books.drawn(books.firm_draw, data.sites_in[z], p)
    cures = data.is_cured and is_connected(data, books.tables, z, p)
    for k in data.seasons[z, p]:
        need = data.requirement[z, k, p] * drawn
        cured = data.deficit_mw[z, k, p] if cures else 0.0
        if is_short(need + cured, data.surplus_mw[z, k, p] + firm):
            return True
    return False
