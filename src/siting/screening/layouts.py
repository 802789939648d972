"""Public layouts that agencies publish, recognised by their columns, with ready-made maps.

Column names are those of the published layers; case is ignored, since shapefile exports change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, Mapping[str, str]] = MappingProxyType({})

PADUS_AGENCIES = {
    "USFS": "FS",
    "DOD": "DoD",
    "USBR": "USBR",
    "BOEM": "BOEM",
}
RAW_AGENCIES = {"DOD": "DoD", "BOR": "USBR", "USFS": "FS"}
IM3_CLASSES = {"735 AND ABOVE": "735", "DC": ""}
HIFLD_CLASSES = {
    "UNDER 100": "69",
    "100-161": "100",
    "220-287": "220",
    "345": "345",
    "500": "500",
    "735 AND ABOVE": "735",
    "DC": "",
    "NOT AVAILABLE": "",
}


@dataclass(frozen=True)
class Layout:
    """A published layout.

    Attributes:
        name: how screening files call it. roles: roles it can play.
        needs: columns by which it is recognised. columns: ours -> the file's.
        rename: our column -> value in the file -> ours. values: our column -> value of every row.
    """

    name: str
    roles: tuple[str, ...]
    needs: tuple[str, ...]
    columns: Mapping[str, str]
    rename: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NOTHING)
    values: Mapping[str, str] = field(default_factory=dict)


AREA = ("land", "exclusion", "preference")
LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "pad_us",
        AREA,
        ("Own_Type", "Mang_Name", "Des_Tp", "GAP_Sts"),
        {"id": "OBJECTID", "name": "Unit_Nm", "agency": "Mang_Name", "acres": "GIS_Acres"},
        {"agency": PADUS_AGENCIES},
    ),
    Layout(
        "blm_sma",
        AREA,
        ("ADMIN_AGENCY_CODE", "ADMIN_UNIT_NAME"),
        {"id": "SMA_ID", "name": "ADMIN_UNIT_NAME", "agency": "ADMIN_AGENCY_CODE"},
        {"agency": {**RAW_AGENCIES, "USFWS": "FWS"}},
    ),
    Layout(
        "blm_allotments",
        AREA,
        ("allot_name", "allot_no", "admin_st"),
        {"id": "allot_no", "name": "allot_name", "acres": "acres"},
    ),
    Layout(
        "mirta",
        AREA,
        ("siteName", "siteReportingComponent", "siteOperationalStatus"),
        {"id": "OBJECTID", "name": "siteName"},
        values={"agency": "DoD"},
    ),
    Layout(
        "mirta_2019",
        AREA,
        ("SITE_NAME", "COMPONENT", "OPER_STAT"),
        {"id": "OBJECTID", "name": "SITE_NAME"},
        values={"agency": "DoD"},
    ),
    Layout(
        "mirta_points",
        AREA,
        ("name", "branch", "jointBase"),
        {"name": "name"},
        values={"agency": "DoD"},
    ),
    Layout(
        "hifld_lines",
        ("lines",),
        ("VOLTAGE", "VOLT_CLASS", "SUB_1", "SUB_2"),
        {"id": "ID", "name": "OWNER", "kv": "VOLTAGE", "kv_class": "VOLT_CLASS"},
        {"kv_class": HIFLD_CLASSES},
    ),
    Layout(
        "im3_lines",
        ("lines",),
        ("VOLT_CLASS",),
        {"kv_class": "VOLT_CLASS"},
        {"kv_class": {**HIFLD_CLASSES, **IM3_CLASSES}},
    ),
    Layout("gridwatch_lines", ("lines",), ("kv", "class", "owner"), {"kv": "kv", "name": "owner"}),
    Layout(
        "hifld_substations",
        ("substations",),
        ("NAME", "MAX_VOLT", "MIN_VOLT", "LINES"),
        {"id": "ID", "name": "NAME", "kv": "MAX_VOLT"},
    ),
    Layout(
        "eia_860",
        ("plants",),
        ("Plant Code", "Plant Name", "Nameplate Capacity (MW)"),
        {
            "name": "Plant Name",
            "mw": "Nameplate Capacity (MW)",
            "status": "Status",
            "fuel": "Energy Source 1",
            "operating_year": "Operating Year",
            "retirement_year": "Planned Retirement Year",
        },
    ),
    Layout(
        "eia_860_pypsa_usa",
        ("plants",),
        ("plant_name_eia", "plant_id_eia", "operating_year", "Status"),
        {
            "name": "plant_name_eia",
            "mw": "capacity_mw",
            "status": "Status",
            "fuel": "tech_type",
            "operating_year": "operating_year",
        },
    ),
    Layout(
        "wri_plants",
        ("plants",),
        ("gppd_idnr", "capacity_mw", "primary_fuel"),
        {
            "id": "gppd_idnr",
            "name": "name",
            "mw": "capacity_mw",
            "fuel": "primary_fuel",
            "operating_year": "commissioning_year",
        },
    ),
    Layout(
        "siting_plants",
        ("plants",),
        ("id", "kind", "capacity_mw", "earliest_in_service"),
        {"id": "id", "name": "name", "mw": "capacity_mw", "status": "kind"},
    ),
    Layout(
        "im3_datacenters",
        ("datacenters",),
        ("state_abb", "operator", "sqft"),
        {"name": "name"},
    ),
    Layout("reeds_zones", ("boundaries",), ("rb", "BA_Code"), {"id": "rb", "zone": "rb"}),
    Layout("emm_zones", ("boundaries",), ("emm_zone", "emm_zone_id"), {"zone": "emm_zone"}),
    Layout(
        "census_states",
        ("boundaries",),
        ("STUSPS", "GEOID", "ALAND"),
        {"id": "GEOID", "state": "STUSPS"},
    ),
    Layout(
        "siting_states",
        ("boundaries",),
        ("id", "name", "abbreviation"),
        {"id": "id", "state": "abbreviation"},
    ),
    Layout(
        "counties_topojson",
        ("boundaries",),
        ("FIPS", "county", "state"),
        {"id": "FIPS", "state": "state"},
    ),
)


def recognised(role: str, columns: Iterable[str]) -> Layout | None:
    """The layout that a file follows: of those that fit, the one that needs most columns."""
    found = {column.lower() for column in columns}
    fitting = [
        layout
        for layout in LAYOUTS
        if role in layout.roles and {need.lower() for need in layout.needs} <= found
    ]
    return max(fitting, key=lambda layout: len(layout.needs), default=None)


def by_name(name: str) -> Layout | None:
    """The layout of a name."""
    return next((layout for layout in LAYOUTS if layout.name == name), None)
