"""Rules of ``curtailment`` against parts: no site has the share of a connection, or of a tier, that its
node or zone lets it use. The formulation stands in ``curtailment``.
"""

from __future__ import annotations

from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build
from siting.families.curtailment.connections import connected
from siting.families.curtailment.data import CurtailmentData
from siting.families.curtailment.settings import FIRM


def delivered(build: Build, z: Label, p: Label) -> Expr:
    """What the plan delivers to a zone: firm supply and upgrades [MW]."""
    return build.total("zone_firm_mw", (z, p)) + build.total("zone_added_mw", (z, p))


def against_part_connections(build: Build, data: CurtailmentData) -> None:
    """Valid inequalities from the capacity of the node and from the curve of the zone."""
    system = data.system
    tier, draw = build.variables["tier"], build.variables["draw_mw"]
    zone_of = {s: str(system.sites[s].zone) for s in data.sites}
    everyone = {s: data.sites_in[z] for s, z in zone_of.items()}
    others = {s: tuple(other for other in sites if other != s) for s, sites in everyone.items()}
    alone, per_mw = {}, {}
    for z, p in data.curve:
        for j, (mw, given_up) in enumerate(data.loads_alone(z, p)):
            alone[z, p, j], per_mw[z, p, j] = mw, given_up

    def offered(s: Label, p: Label) -> Expr:
        return sum(data.share[t] * draw.get((s, t, p)) for t in data.tiers[1:])

    def zone_limit(s: Label, p: Label, j: Label, is_built: Expr, sites: Label) -> Expr:
        z = pick(zone_of, s)
        given_up = at(per_mw, z, p, j) * sum_over(sites, offered, p)
        sent = build.total("zone_sent_mw", (z, p))
        return at(alone, z, p, j) * is_built + delivered(build, z, p) + sent + given_up

    pairs = sorted({(s, p) for s, _, p in data.draws})
    useful = {(s, p): system.draw_limit_mw(s, p) for s, p in pairs}
    node = {(s, p): system.node_mw(system.node_of[s], p) for s, p in pairs}
    nodes = [(s, t, p) for s, t, p in data.draws if node[s, p] < useful[s, p]]
    zones = [
        (s, p, j)
        for s, p in pairs
        for j, (mw, _) in enumerate(data.loads_alone(zone_of[s], p))
        if mw < min(node[s, p], useful[s, p])
    ]

    @build.cut(over=nodes, doc="draw of a connected site")
    def tier_node(s: Label, t: Label, p: Label) -> Relation:
        n = pick(system.node_of, s)
        most = at(system.node_mw, n, p) * connected(build, data, s, t, p)
        return draw[s, t, p] <= most + build.total("node_added_mw", (n, p))

    @build.cut(over=zones, doc="draw of a connected site")
    def zone_connected(s: Label, p: Label, j: Label) -> Relation:
        done = build.total("connected", (s, p))
        return build.total("grid_mw", (s, p)) <= zone_limit(s, p, j, done, pick(everyone, s))

    @build.cut(over=zones, doc="firm draw of a firm site")
    def firm_choice(s: Label, p: Label, j: Label) -> Relation:
        return draw[s, FIRM, p] <= zone_limit(s, p, j, tier[s, FIRM], pick(others, s))

    @build.cut(over=zones, doc="firm draw of a connected site")
    def firm_connected(s: Label, p: Label, j: Label) -> Relation:
        done = connected(build, data, s, FIRM, p)
        return draw[s, FIRM, p] <= zone_limit(s, p, j, done, pick(others, s))
