"""Review paths of the enumeration: who takes which, on which date. Nothing here imports the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.brute_force import Brute

Data = dict[str, Any]


def review(brute: Brute, site: str, start: int) -> Data:
    """Months and cost of the review of a site committed in a period."""
    land, record = brute.families["land"], brute.scenario["sites"][site]
    agency = record.get("agency", "")
    path = record.get("review_path")
    if path is None:
        path = land.get("path_by_agency", {}).get(agency, land.get("default_path"))
        if isinstance(path, dict):
            path = path[record.get("action", "default")]
    path = _replaced(land, agency, path, f"{brute.starts[start]:%Y-%m}")
    return dict(land["review_paths"][path]) if path else {"months": 0}


def _replaced(land: Data, agency: str, path: str | None, month: str) -> str | None:
    """The path after the policies of a month, written 2027-07 so that text order is time order."""
    for policy in land.get("policies", {}).values():
        if (
            policy.get("is_on")
            and agency in policy.get("agencies", [agency])
            and policy.get("from_date", "0000") <= month < policy.get("until", "9999")
            and path in policy["replaces"]
        ):
            return str(policy["replaces"][path])
    return path
