"""Which numbers of a scenario set the limits of ``land``."""

from __future__ import annotations

from siting.families.declarations import Given, Key


def cap_on_sites(given: Given, key: Key) -> str:
    """Cap on sites: of an agency, of a state, or of all."""
    kind, _, name = str(key[0]).partition(" ")
    by = {"agency": "max_sites_by_agency", "state": "max_sites_by_state"}
    return f"components.land.{by[kind]}.{name}" if name else "components.land.max_sites"
