"""Rows of the tables every family may read: sites, zones and points of interconnection."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.strict import (
    Identifier,
    MonthDate,
    NonNegative,
    Positive,
    Share,
    Text,
)

SiteStatus = Literal[
    "awarded",
    "selected",
    "under_negotiation",
    "solicited",
    "listed",
    "designated_other_use",
    "own_initiative",
]
"""How far an agency has offered a site, or whom it went to: a lease is awarded, a bidder selected, one
negotiates alone, bids are or were asked for, the site stands in a list, the land is meant for another
use, or nobody but the planner thinks of it."""
Tier = Literal["0_25pct", "0_5pct", "1pct", "5pct"]
TIER_SHARES: dict[Tier, float] = {"0_25pct": 0.0025, "0_5pct": 0.005, "1pct": 0.01, "5pct": 0.05}
"""Share of a year's energy that new load gives up, by curtailment tier."""


class Record(Priced):
    """A row with its provenance; ``estimated`` lists the properties derived by a stated rule."""

    name: Text = ""
    """Name in words, shown on maps and in reports; the default is the id."""
    source: Text = ""
    """Where the numbers of the row come from: document, table, date."""
    confidence: Literal["high", "medium", "low", ""] = ""
    """How well the source supports the row."""
    estimated: Text = ""
    """Fields of the row that no source states, separated by semicolons."""


class Place(Record):
    """A row on the map, in longitude and latitude (EPSG:4326)."""

    longitude: float | None = Field(default=None, ge=-180, le=180)
    """Longitude in degrees, negative in the United States."""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    """Latitude in degrees."""
    geometry: dict[str, Any] | None = None
    """Outline as a GeoJSON geometry in longitude and latitude; read from map files."""


class Site(Place):
    """A candidate site."""

    agency: Text = ""
    """Agency that holds the land, for instance DOE, DoD, BLM; reviews and caps refer to it."""
    state: Text = ""
    """State as its two letters."""
    zone: Identifier | None = None
    """Balancing area; without one the site can only be supplied on site."""
    node: Identifier | None = None
    """Point of interconnection; the default is one of the site's own."""
    basin: Identifier | None = None
    """River basin whose water the site takes."""
    total_acres: NonNegative | None = None
    """Acres of the whole tract, for information."""
    buildable_acres: NonNegative | None = None
    """Acres on which halls and plants can stand; without a number acres are no limit."""
    land_status: SiteStatus | None = None
    """Who has the land or offers it; a site without a status is open to the plan."""
    offered_acres: NonNegative | None = None
    """Acres that the agency offers or has leased; 0 where it offers none, none where not known."""
    open_from: MonthDate | None = None
    """First date on which the site may be committed."""
    review_started: MonthDate | None = None
    """When the agency began what the review path holds, for instance its call for bids."""
    review_done: MonthDate | None = None
    """When it decided."""
    max_it_mw: Positive | None = None
    """Most IT load the site may carry [MW]; the default follows from acres and targets."""
    preparation_usd: NonNegative | None = None
    """One-off cost of committing the site [USD]; the default is that of ``land``."""
    action: Text = ""
    """Federal action that gives the land, for instance lease, right_of_way, enhanced_use_lease."""
    review_path: Identifier | None = None
    """Review that the site takes; the default is that of its agency and action in ``land``."""
    poi_kv: Positive | None = None
    """Voltage of the point of interconnection [kV]; picks the row of connection costs."""
    gen_tie_km: NonNegative = 0.0
    """Route length from the site to its point of interconnection [km]."""
    connection_months: NonNegative | None = None
    """Large-load study, queue and connection works [months]; the default is the zone's."""
    geometry_kind: Text = ""
    """What the outline is, for instance a parcel or a circle of its acres."""


class Zone(Place):
    """A balancing area: what it can still serve, at what price."""

    summer_peak_mw: NonNegative | None = None
    """Highest load in summer without new load [MW]."""
    winter_peak_mw: NonNegative | None = None
    """Highest load in winter without new load [MW]."""
    headroom_mw: NonNegative | None = None
    """New constant load the zone takes [MW], whatever the curtailment tier."""
    headroom_mw_0pct: NonNegative | None = None
    """The same for load that is never curtailed [MW]."""
    headroom_mw_0_25pct: NonNegative | None = None
    """New constant load the zone takes if 0.25 % of its energy may be curtailed [MW]."""
    headroom_mw_0_5pct: NonNegative | None = None
    """The same at 0.5 % [MW]."""
    headroom_mw_1pct: NonNegative | None = None
    """The same at 1 % [MW]."""
    headroom_mw_5pct: NonNegative | None = None
    """The same at 5 % [MW]."""
    reserve_margin_frac: NonNegative | None = None
    """Planning reserve margin of every year (share of firm load)."""
    reserve_margin_frac_2026: NonNegative | None = None
    """Planning reserve margin from 2026 on, until a later year is stated."""
    reserve_margin_frac_2027: NonNegative | None = None
    """The same from 2027 on."""
    reserve_margin_frac_2028: NonNegative | None = None
    """The same from 2028 on."""
    reserve_margin_frac_2029: NonNegative | None = None
    """The same from 2029 on."""
    reserve_margin_frac_2030: NonNegative | None = None
    """The same from 2030 on."""
    accredited_surplus_mw: NonNegative | None = None
    """Accredited capacity above the requirement in every year [MW]."""
    accredited_surplus_mw_2026: NonNegative | None = None
    """Accredited capacity above the requirement from 2026 on, until a later year is stated
    [MW]."""
    accredited_surplus_mw_2027: NonNegative | None = None
    """The same from 2027 on [MW]."""
    accredited_surplus_mw_2028: NonNegative | None = None
    """The same from 2028 on [MW]."""
    accredited_surplus_mw_2029: NonNegative | None = None
    """The same from 2029 on [MW]."""
    accredited_surplus_mw_2030: NonNegative | None = None
    """The same from 2030 on [MW]."""
    connection_months: NonNegative = 0.0
    """Large-load study, queue and connection works of sites in the zone [months]."""
    generation_queue_months: NonNegative = 0.0
    """From start to service of a new plant that delivers to the grid, at least [months]."""
    energy_usd_per_mwh: NonNegative = 0.0
    """Price of energy from the grid [USD per MWh]."""
    capacity_usd_per_mw_day: NonNegative = 0.0
    """Price of capacity for firm draw from the grid [USD per MW and day]."""
    carbon_kg_per_mwh: NonNegative = 0.0
    """Emissions of grid energy [kg CO2 per MWh]."""
    capacity_credit_solar_frac: Share = 0.0
    """Firm share of solar nameplate in the zone (ELCC)."""
    capacity_credit_wind_frac: Share = 0.0
    """Firm share of wind nameplate in the zone (ELCC)."""
    capacity_credit_battery_frac: Share = 0.0
    """Firm share of the power of a four-hour battery in the zone (ELCC)."""

    @property
    def peak_mw(self) -> float:
        """Larger of the summer and winter peak [MW]; 0 where neither is stated."""
        return max(self.summer_peak_mw or 0.0, self.winter_peak_mw or 0.0)

    def tier_headroom_mw(self, tier: Tier | None) -> float | None:
        """Headroom [MW] at a curtailment tier, or of load that is never curtailed where none is named;
        None where the zone states none."""
        if self.headroom_mw is not None:
            return self.headroom_mw
        if tier is None:
            return self.headroom_mw_0pct
        tiers = {
            "0_25pct": self.headroom_mw_0_25pct,
            "0_5pct": self.headroom_mw_0_5pct,
            "1pct": self.headroom_mw_1pct,
            "5pct": self.headroom_mw_5pct,
        }
        return tiers[tier]

    def margin_frac(self, day: date) -> float:
        """Planning reserve margin at a date; the last stated year holds afterwards."""
        years = {
            2026: self.reserve_margin_frac_2026,
            2027: self.reserve_margin_frac_2027,
            2028: self.reserve_margin_frac_2028,
            2029: self.reserve_margin_frac_2029,
            2030: self.reserve_margin_frac_2030,
        }
        return _of_year(self.reserve_margin_frac, years, day) or 0.0

    def surplus_mw(self, day: date) -> float | None:
        """Accredited surplus [MW] at a date; None where the zone states none."""
        years = {
            2026: self.accredited_surplus_mw_2026,
            2027: self.accredited_surplus_mw_2027,
            2028: self.accredited_surplus_mw_2028,
            2029: self.accredited_surplus_mw_2029,
            2030: self.accredited_surplus_mw_2030,
        }
        return _of_year(self.accredited_surplus_mw, years, day)


class Rival(Place):
    """Announced load or a queue project that takes headroom before the plan does."""

    zone: Identifier | None = None
    """Zone whose headroom the rival takes, where it names no node."""
    node: Identifier | None = None
    """Point of interconnection; the rival takes the headroom of its zone too."""
    draw_mw: Positive
    """Draw from the grid [MW]."""
    in_service: MonthDate
    """Date from which it draws."""
    probability_frac: Share = 1.0
    """Probability that it is ever built."""
    is_in_forecast: bool = False
    """Whether the load behind the zone's accredited surplus holds it already: then it takes headroom
    only, else accredited surplus too."""


class Node(Place):
    """A point of interconnection shared by the sites that name it."""

    zone: Identifier | None = None
    """Zone of the node; that of its sites where nothing is said."""
    poi_kv: Positive | None = None
    """Voltage of the node [kV]."""
    capacity_mw: NonNegative
    """Load the point can take before upgrades [MW]."""


def _of_year(constant: float | None, years: dict[int, float | None], day: date) -> float | None:
    """The value of the latest stated year up to a date, else of the earliest, else the constant."""
    if constant is not None:
        return constant
    known = {year: value for year, value in years.items() if value is not None}
    if not known:
        return None
    past = [year for year in known if year <= day.year]
    return known[max(past)] if past else known[min(known)]
