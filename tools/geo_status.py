"""What each site's status is: offered, taken or meant for other use, its review, its air, its water.

Columns of ``site_status.csv`` and ``air_permits.csv`` are taken over as they stand: blank stays unknown.
A row that rests on pages nobody has opened, or on a compilation by a machine, is never shipped above
low confidence, whatever the fact says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from geo_facts import Fact, Row, capped, optional

STATUS = {
    "awarded": "awarded",
    "selected": "selected",
    "under_negotiation": "under_negotiation",
    "solicited": "solicited",
    "rfi_listed": "listed",
    "designated_other_use": "designated_other_use",
    "speculative": "own_initiative",
}
"""Words of the facts, and those of a scenario."""
GENERAL = ("water column is general knowledge", "water is general knowledge")
STANDARDS = {
    "ozone_2015": "ozone (2015)",
    "ozone_2008": "ozone (2008)",
    "pm25_2012": "PM2.5 (2012)",
    "pm25_2006": "PM2.5 (2006)",
    "pm10_1987": "PM10 (1987)",
    "so2_2010": "SO2 (2010)",
}
NEWER = "the newer page, about what is offered; the other stays what the land holds"


def site_confidence(fact: Fact) -> str:
    """Confidence of a row of ``federal_sites.csv``; cells not verified are told in ``estimated``."""
    return capped(fact["confidence"], fact["source"].partition(" | cells named in")[0])


def status_columns(fact: Fact, air: Fact) -> Row:
    """Status, offer, review, air and water of a site; what is not known is None."""
    note = fact["note"]
    confidence = capped(fact["confidence"], fact["source"], without(note, GENERAL))
    is_yes = {"yes": True, "no": False}
    return {
        "land_status": STATUS[fact["status"]],
        "status_date": fact["status_date"],
        "availability": fact["availability"],
        "counterparty": fact["counterparty"],
        "offered_acres": optional(fact, "offered_acres"),
        "planned_mw": optional(fact, "offered_or_planned_it_mw"),
        "planned_mw_basis": fact["mw_basis"],
        "own_supply_mw": optional(fact, "planned_own_supply_mw"),
        "own_supply": fact["planned_own_supply_type"],
        "expected_first_power": fact["expected_first_power"],
        "expected_full_power": fact["expected_full_power"],
        "review_started": month_of(fact["review_started_date"]),
        "review_done": month_of(fact["review_done_date"]),
        "review_basis": fact["review_basis"],
        "exclusion": fact["exclusion"],
        "status_note": note,
        "status_source": fact["source"],
        "status_source_url": fact["source_url"],
        "status_vintage": fact["vintage"],
        "status_confidence": confidence,
        "water_available": fact["water_source_available"],
        "water_confidence": "low" if any(g in note.lower() for g in GENERAL) else confidence,
        "county": air["county"],
        "nonattainment": ";".join(nonattainment(air)),
        "is_nonattainment": is_yes[air["any_ozone_or_pm25_nonattainment"]],
        "is_ozone_transport_region": is_yes[air["ozone_transport_region"]],
        "air_permit_route": air["new_gas_plant_permit_route"],
        "air_source": air["source"],
        "air_vintage": air["vintage"],
        "air_confidence": capped(air["confidence"], air["source"]),
    }


def month_of(text: str) -> str | None:
    """The month (YYYY-MM) of a date of a fact; None where it is blank."""
    return text[:7] or None


def without(text: str, phrases: tuple[str, ...]) -> str:
    """A note without what it says of the water alone."""
    for phrase in phrases:
        text = text.lower().replace(phrase, "")
    return text


def nonattainment(air: Fact) -> Iterator[str]:
    """Standards that the county does not attain, each with how much of the county."""
    for column, name in STANDARDS.items():
        extent = air[f"{column}_nonattainment"]
        if extent != "none":
            yield f"{name} {extent}"


def with_status(
    sites: list[Row], statuses: Mapping[str, Fact], airs: Mapping[str, Fact]
) -> list[Row]:
    """Sites with their status; their provenance stays last.

    Raises:
        ValueError: a site without a status, or a status of no site.
    """
    ids = {str(site["id"]) for site in sites}
    if ids != set(statuses) or ids != set(airs):
        lost = sorted(ids ^ set(statuses) | ids ^ set(airs))
        raise ValueError(f"sites and their status and air do not match: {', '.join(lost)}")
    rows = []
    for site in sites:
        name = str(site["id"])
        of = status_columns(statuses[name], airs[name])
        last = ("estimated", "source", "source_url", "confidence")
        first = {column: value for column, value in site.items() if column not in last}
        rows.append({**first, **of, **{column: site[column] for column in last}})
    return rows


def disagreements(
    sites: Mapping[str, Fact], statuses: Mapping[str, Fact]
) -> Iterator[dict[str, object]]:
    """Numbers of a site that two facts state differently: both, which was taken, and why.

    Land meant for another use is no disagreement: it holds some acres and none of them are offered.
    """
    pairs = (
        ("offered_acres", "available_acres", "offered_acres"),
        ("planned_mw", "stated_data_center_mw", "offered_or_planned_it_mw"),
    )
    for name, fact in sites.items():
        if statuses[name]["status"] == "designated_other_use":
            continue
        for column, older, newer in pairs:
            one, other = optional(fact, older), optional(statuses[name], newer)
            if one is not None and other is not None and one != other:
                yield {
                    "id": name,
                    "column": column,
                    "values": {"federal_sites.csv": one, "site_status.csv": other},
                    "taken": other,
                    "why": f"the newer page, of {statuses[name]['vintage']}",
                }
