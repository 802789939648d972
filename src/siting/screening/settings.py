"""Schema of a screening file: layers by role, what a campus is, and what a candidate must have."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from siting.core.strict import (
    Count,
    Identifier,
    NonNegative,
    Positive,
    StrictModel,
    Text,
    planner_error,
)

Role = Literal[
    "land",
    "exclusion",
    "preference",
    "lines",
    "substations",
    "plants",
    "datacenters",
    "water",
    "fiber",
    "boundaries",
]
COLUMNS: dict[str, tuple[str, ...]] = {
    "land": ("id", "name", "agency", "acres"),
    "exclusion": ("id", "name", "acres"),
    "preference": ("id", "name", "acres"),
    "lines": ("id", "name", "kv", "kv_class"),
    "substations": ("id", "name", "kv"),
    "plants": ("id", "name", "mw", "status", "fuel", "operating_year", "retirement_year"),
    "datacenters": ("id", "name"),
    "water": ("id", "name"),
    "fiber": ("id", "name"),
    "boundaries": ("id", "state", "zone"),
}
"""Our columns of each role; ``columns`` of a layer says what the file calls them."""


class LayerSettings(StrictModel):
    """A file, what it is for, and what to take from it. Filters compare values; nothing is run."""

    role: Role
    """What the layer is for: land, exclusion, preference, lines and so on."""
    file: Text
    """Path below ``folder``, or ``builtin:data/geo/...``; ``.gz`` is unpacked."""
    layer: Text | None = None
    """Layer of the file; needed where it has several."""
    crs: int | None = None
    """EPSG code of coordinates in a file that does not state one."""
    layout: Text | None = None
    """Known public layout; without one it is recognised by the columns."""
    columns: dict[str, Text] = Field(default_factory=dict)
    """Our column name to the file's; goes before the layout's."""
    rename: dict[str, dict[str, Text]] = Field(default_factory=dict)
    """Our column -> value in the file -> our value."""
    values: dict[str, Text] = Field(default_factory=dict)
    """Our column -> value of every feature, where the file has no such column."""
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Column (ours or the file's) to the values that are kept."""
    leave_out: dict[str, list[str]] = Field(default_factory=dict)
    """Column to the values that are left out."""
    at_least: dict[str, float] = Field(default_factory=dict)
    """Column to the least value that is kept."""
    at_most: dict[str, float] = Field(default_factory=dict)
    """Column to the least and the most; a cell without a number is left out."""
    buffer_km: NonNegative = 0.0
    """Distance by which every feature is grown [km]."""
    weight: float = 1.0
    """Points a candidate gets where it touches a preference layer."""
    above: float | None = None
    """Of a raster: cells above this value are excluded or preferred."""
    source: Text = ""
    """Who publishes it; goes into the output."""

    @model_validator(mode="after")
    def _known_columns(self) -> LayerSettings:
        """Only columns that the role knows."""
        unknown = sorted(
            ({*self.columns} | {*self.rename} | {*self.values}) - {*COLUMNS[self.role]}
        )
        if unknown:
            raise planner_error(
                f"the role '{self.role}' has no column '{unknown[0]}'",
                f"some of {', '.join(COLUMNS[self.role])}",
                "Write our column first, then the file's, for instance kv: VOLTAGE",
            )
        return self


class Extent(StrictModel):
    """A box in degrees; ``west`` larger than ``east`` crosses the antimeridian."""

    west: float = Field(ge=-180, le=180)
    """Western edge [degrees]."""
    south: float = Field(ge=-90, le=90)
    """Southern edge [degrees]."""
    east: float = Field(ge=-180, le=180)
    """Eastern edge [degrees]."""
    north: float = Field(ge=-90, le=90)
    """Northern edge [degrees]."""


class Agency(StrictModel):
    """How an agency gives land."""

    action: Text = ""
    """Federal action by which it gives land, for instance lease."""
    review_path: Identifier | None = None
    """A path of ``land.review_paths`` in the scenario that takes the candidates."""


class CampusSettings(StrictModel):
    """What a piece of land must be to hold a campus."""

    min_acres: Positive
    """Least contiguous land of a candidate [acres]."""
    min_width_km: NonNegative = 0.0
    """Land narrower than this is dropped: an opening by half of it [km]."""
    max_acres: Positive
    """Contiguous land larger than this is cut by a square grid of this cell size [acres]."""
    sliver_acres: NonNegative = 1.0
    """Pieces smaller than this are called slivers [acres]."""

    @model_validator(mode="after")
    def _ordered(self) -> CampusSettings:
        """The least is below the most."""
        if not self.sliver_acres <= self.min_acres <= self.max_acres:
            raise planner_error(
                f"sliver {self.sliver_acres:g}, least {self.min_acres:g} and most "
                f"{self.max_acres:g} acres are out of order",
                "sliver_acres <= min_acres <= max_acres",
            )
        return self


class VoltageClass(StrictModel):
    """Load a line of a voltage can bring."""

    from_kv: NonNegative
    """Lowest voltage of the class [kV]."""
    deliverable_mw: NonNegative
    """Load that a line of the class can bring [MW]."""


# Typical firm load of a point of a class with one circuit out, the rule 'points' of data/geo/layers.yaml.
LOADABILITY = [
    VoltageClass(from_kv=0, deliverable_mw=0),
    VoltageClass(from_kv=115, deliverable_mw=100),
    VoltageClass(from_kv=161, deliverable_mw=150),
    VoltageClass(from_kv=220, deliverable_mw=300),
    VoltageClass(from_kv=345, deliverable_mw=700),
    VoltageClass(from_kv=500, deliverable_mw=1000),
    VoltageClass(from_kv=735, deliverable_mw=1500),
]


class GridSettings(StrictModel):
    """What counts as a line to connect to, and how sites share it."""

    min_kv: NonNegative = 0.0
    """Lines and substations below this, or of unknown voltage, are not looked at [kV]."""
    route_factor: Positive = 1.3
    """Route length over straight distance (MISO MTEP24 route adder)."""
    node_km: Positive = 10.0
    """Candidates whose nearest line points fall in one square of this size, in one zone and at one
    voltage, share a point of interconnection [km]."""
    loadability: list[VoltageClass] = Field(default=LOADABILITY, min_length=1)
    """Estimated deliverable MW of the highest class at or below a line's voltage."""

    def deliverable_mw(self, kv: float | None) -> float:
        """Estimated MW a line of a voltage can bring; 0 where no class fits."""
        rows = [row for row in self.loadability if row.from_kv <= (kv or 0.0)]
        return max(rows, key=lambda row: row.from_kv).deliverable_mw if rows else 0.0


class PlantSettings(StrictModel):
    """Which plants count as retired or retiring."""

    until_year: int = Field(default=2035, ge=1990, le=2100)
    """A stated retirement up to this year counts."""
    statuses: list[Text] = Field(
        default=["RE", "OS", "OA", "retired", "coal interconnection", "retirement deferral"]
    )
    """Values of ``status`` that count whatever the year."""
    life_years: dict[str, Positive] = Field(default_factory=dict)
    """Fuel -> years after which a unit is taken to retire where no year is stated (estimated)."""
    min_mw: NonNegative = 0.0
    """Plants smaller than this are not looked at [MW]."""


class Limits(StrictModel):
    """What a candidate must have; one that has not is rejected with the figure."""

    max_line_km: NonNegative | None = None
    """Farthest transmission line [km]."""
    max_substation_km: NonNegative | None = None
    """Farthest substation [km]."""
    max_water_km: NonNegative | None = None
    """Farthest water [km]."""
    max_fiber_km: NonNegative | None = None
    """Farthest fibre [km]."""
    max_plant_km: NonNegative | None = None
    """Farthest retired or retiring plant [km]."""
    min_deliverable_mw: NonNegative | None = None
    """Least load that the nearest line can bring [MW]."""
    states: list[Text] | None = None
    """States whose candidates are kept."""


class Reach(StrictModel):
    """A circle that counts for latency: a candidate may only stand for another that is not in it."""

    longitude: float = Field(ge=-180, le=180)
    """Longitude of the middle [degrees]."""
    latitude: float = Field(ge=-90, le=90)
    """Latitude of the middle [degrees]."""
    km: Positive
    """Radius [km]."""


class Reduction(StrictModel):
    """Drop candidates that no plan with at most this many sites can need."""

    max_sites: int = Field(ge=1)
    """The scenario states ``land.max_sites`` no larger than this; the proof rests on it."""
    reaches: dict[Identifier, Reach] = Field(default_factory=dict)
    """Regions of the scenario's workloads with their latency limit as a distance."""


class Clustering(StrictModel):
    """Keep one candidate a square, agency, state, zone and voltage. Approximate."""

    km: Positive
    """Side of a square [km]."""


class Screening(StrictModel):
    """Root of a screening file."""

    schema_version: Literal[1]
    """Version of the form of this file."""
    name: Identifier
    """Short name of the screening."""
    title: Text = ""
    """Title in words, shown on pictures."""
    description: Text = ""
    """What is screened, in a sentence or two."""
    folder: Text = "."
    """Folder of the layers, from the folder of this file."""
    extent: Extent | None = None
    """Land whose middle lies outside is left out; without one all land counts."""
    agencies: dict[Text, Agency] = Field(min_length=1)
    """Agencies whose land is screened; ground that two of them claim goes to the first listed."""
    layers: dict[Identifier, LayerSettings] = Field(min_length=1)
    """Layers by name."""
    campus: CampusSettings
    """What a piece of land must be to hold a campus."""
    grid: GridSettings = GridSettings()
    """What counts as a line to connect to."""
    plants: PlantSettings = PlantSettings()
    """Which plants count as retired or retiring."""
    datacenters_km: Positive = 50.0
    """Distance within which data centers are counted [km]."""
    zone_by_state: dict[str, Identifier] = Field(default_factory=dict)
    """Balancing area of candidates that no zone layer covers, by state (estimated)."""
    zone_names: dict[str, Identifier] = Field(default_factory=dict)
    """Zone of the layer -> zone of the scenario; without any the layer's own names are kept."""
    limits: Limits = Limits()
    """What a candidate must have."""
    reduction: Reduction | None = None
    """Which candidates no plan can need; none keeps all."""
    clustering: Clustering | None = None
    """How candidates near each other are thinned; none keeps all."""
    max_features: Count = 5_000_000
    """Most features of a layer."""

    @model_validator(mode="after")
    def _has_land(self) -> Screening:
        """Some layer gives land."""
        if not any(layer.role == "land" for layer in self.layers.values()):
            raise planner_error("no layer of role 'land'", "at least one", "Add one to layers")
        return self

    def of_role(self, *roles: str) -> list[str]:
        """Names of the layers of some roles, in the order of the file."""
        return [name for name, layer in self.layers.items() if layer.role in roles]
