"""Which of several sources each zone takes for its accredited requirement and surplus, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

YEARS = range(2026, 2036)


@dataclass(frozen=True)
class Basis:
    """Which of several sources a zone and season takes, and why.

    Attributes:
        requirement: quantity of the requirement, and of what it is counted.
        surplus: quantity of the stated surplus; "" where it follows from the area's margin.
        peaks: quantity of the forecast peak; "" where the last peak grows by the organic index.
        area: ``area_covered`` of the rows of the surplus, "" for any.
        holds_large_loads: whether the load behind it holds the large loads of the zone.
        why: why these and not the others.
    """

    requirement: str
    basis: str
    why: str
    surplus: str = ""
    peaks: str = ""
    area: str = ""
    holds_large_loads: bool = False
    fixed: Mapping[int, float] = field(default_factory=dict)
    """Surplus of a year that a fact says in words."""


CAN_SERVE = "firm MW of headroom_evidence.csv"
NERC = "nerc_reference_margin_frac"
ASSUMED = "115 % of peak, assumed"
AREA = "area-specific expected capacity on peak (not UCAP)"
OF_AREA = (
    "Only the margin of the whole NERC area is published: the zone takes it on its own peak, and what "
    "it has then serves its organic growth. An area margin says little for one utility."
)
BASES: dict[tuple[str, str], Basis] = {
    ("PJM", "year"): Basis(
        "requirement_over_peak_frac",
        "UCAP",
        "The auctions count accredited MW, as the capacity credits of new supply do. The margins of "
        "the NERC assessment count installed MW and rise because accreditation fell.",
        surplus="accredited_surplus_mw",
        holds_large_loads=True,
    ),
    ("MISO", "summer"): Basis(
        "requirement_over_peak_frac",
        "UCAP (seasonal accredited)",
        "The auction's own requirement. The -1,900 MW of January 2026 are preliminary and must have "
        "closed by the auction of April, which cleared far below its cap: about zero.",
        holds_large_loads=True,
        fixed={2026: 0.0},
    ),
    ("SPP", "summer"): Basis(
        "reserve_requirement_frac",
        "accredited (PBA/ELCC) MW",
        "The accredited requirement binds from 2026; what was accredited in 2025 is held against it. "
        "The 19 % and 32 % of the NERC assessment are on another basis.",
        surplus="accredited_surplus_mw",
    ),
    ("SPP", "winter"): Basis(
        "reserve_requirement_frac",
        "accredited (PBA/ELCC) MW",
        "36 % binds in winter from 2026-27 and a flat load is bound by it.",
        surplus="accredited_surplus_mw",
    ),
    ("ERCOT", "summer"): Basis(
        "",
        "ELCC-based",
        "No requirement binds in an energy-only market: the firm peak itself. Margins of the report "
        "on capacity, demand and reserves; the NERC assessment shows a rising margin and contradicts "
        "it. From 2028 the report says negative without a number: the supply of 2027 is held.",
        surplus="reserve_margin_cdr_frac",
        peaks="peak_load_mw",
        holds_large_loads=True,
    ),
    ("CAISO", "summer"): Basis(
        NERC,
        "NQC (accredited)",
        "The state orders 2,000 MW of new capacity by 2030 and 6,000 by 2032, accredited: it sees no "
        "lasting surplus, although the NERC area shows 53 %. Zero, neither short nor long.",
        fixed=dict.fromkeys(YEARS, 0.0),
        holds_large_loads=True,
    ),
    ("NYISO", "summer"): Basis(
        NERC,
        "transmission security margin",
        "The only site lies on Long Island, zone K, which is short whatever the state shows; the "
        "larger of the deficits stated.",
        surplus="accredited_surplus_mw",
        area="Long Island",
    ),
    ("SOCO", "summer"): Basis(
        "reserve_requirement_frac",
        "expected on-peak capacity",
        "Over the utility's own summer target of 20 % rather than NERC's default of 15 %. Winter, "
        "with 26 %, binds harder and has no table: an upper bound.",
        surplus="surplus_over_utility_target_mw",
        peaks="peak_load_mw",
        holds_large_loads=True,
    ),
    ("IID", "summer"): Basis(
        "reserve_requirement_frac",
        "ICAP-type",
        "The district's own 115 % rule on its record peak; the NERC area shows 41 %.",
        surplus="accredited_surplus_mw",
    ),
    ("EPE", "summer"): Basis(
        ASSUMED,
        "ICAP-type",
        "2,900 MW installed less 115 % of the record peak (headroom_evidence.csv; 15 % is an "
        "assumption there), before the 1 GW that Meta has contracted, a rival of its own.",
        surplus=CAN_SERVE,
    ),
    ("TEPC", "summer"): Basis(
        NERC,
        AREA,
        "The utility says what load it can serve from its portfolio, 286 MW (headroom_evidence.csv), "
        "with the reserve of it; Project Blue takes it, a rival of its own.",
        surplus=CAN_SERVE,
    ),
    ("WALC", "summer"): Basis(
        NERC,
        AREA,
        "Nearly all federal hydropower is allotted to preference customers: no surplus is for sale.",
        fixed=dict.fromkeys(YEARS, 0.0),
    ),
    ("PNM", "summer"): Basis(
        NERC,
        "ICAP-type",
        "About 10 % is the utility's own margin; the NERC area shows 41 %.",
        surplus="anticipated_reserve_margin_frac",
        area="PNM utility",
    ),
    ("AZPS", "summer"): Basis(
        NERC,
        "ICAP-type",
        "The utility's reserves over the target of the area; the NERC area shows 41 %.",
        surplus="reserves_mw",
    ),
    ("IPCO", "summer"): Basis(NERC, AREA, OF_AREA, peaks="peak_load_mw", holds_large_loads=True),
    ("FPL", "summer"): Basis(
        NERC, AREA, OF_AREA, peaks="area_peak_load_mw", holds_large_loads=True
    ),
    ("FPC", "summer"): Basis(
        NERC, AREA, OF_AREA, peaks="area_peak_load_mw", holds_large_loads=True
    ),
    ("LGEE", "summer"): Basis(NERC, AREA, OF_AREA, peaks="peak_load_mw", holds_large_loads=True),
}
OTHERS = (
    "BPAT",
    "CPLE",
    "DUK",
    "ISO-NE",
    "NEVP",
    "PACE",
    "PACW",
    "PGE",
    "PSCO",
    "SC",
    "SCEG",
    "SRP",
)
WINTER = ("BPAT", "PACW", "PGE")
BASES |= {
    (zone, "winter" if zone in WINTER else "summer"): Basis(NERC, AREA, OF_AREA)
    for zone in (*OTHERS, "TVA", "WACM")
}
