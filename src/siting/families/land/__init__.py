"""Land: which federal sites are committed, when, and what the lease and the review cost.

Question: which sites are leased, on which date, and how much of their buildable land is used?
Assumptions: committing a site starts its review; nothing is built before the review is complete.
The path of the review follows from agency, action and the policies in force on the day of the
commitment; a policy that comes or goes later changes nothing. A site may tier from a programmatic
review that is complete when it is committed: it then takes a path of its own, shorter as a rule.
A commitment is never withdrawn. Where offers end (``options``), a site that was open by then may be
committed later only under an option, whose fee runs until it is committed or the option given back;
what the scenario commits to needs none. Sites are used that are neither taken nor meant for another
use (``usable_statuses``), from the date on which they are open, on the acres that their agency offers.
Where the agency has begun what the path holds, its end counts from then, though some months always
follow the commitment (``least_months``); a review that is done is complete at once.
Review and preparation are paid when the site is committed, rent on the acres taken from the day
work on them starts; with ``lease_phases`` the acres that a site states are leased in equal parts,
each for good, and rent is paid on whole parts.

Formulation
-----------
    core             c[s,p-1] <= c[s,p]
    (area_limit)     sum_f a[f,s,p] <= A[s] * c[s,p]          where nothing is leased in phases
    (phase_monotone) h[s,p-1] <= h[s,p]
    (phase_limit)    h[s,p] <= n * c[s,p]
    (phase_area)     sum_f a[f,s,p] <= A[s] / n * h[s,p]
    (it_limit)       it[s,p] <= U[s] * r[s,p]                 only when ``campus`` is off
    reviewed         r[s,p] = sum_{q: D[s,q] <= p} own[s,q] + sum_{q: E[s,q] <= p} new t[s,q]
                     own[s,q] = new c[s,q] - new t[s,q],  new v[q] = v[q] - v[q-1]
    (programmatic_monotone) g[a,p-1] <= g[a,p],  (tiered_monotone) t[s,p-1] <= t[s,p]
    (tiered_new)     t[s,p] - t[s,p-1] <= c[s,p] - c[s,p-1]    only a new commitment can tier
    (tiered_after)   t[s,p] <= g[a(s), last(p)]               the review it tiers from is complete
    (option_held)    c[s,p] - c[s,k] + z[s,p] <= o[s]        p > k; a late commitment uses up an option
    (released_monotone) z[s,p-1] <= z[s,p],  (option_monotone) nothing, since o is decided in k alone
    (group_limit)    sum_{s in group} c[s,P] <= N[group]       an agency, a state, or all sites
    (yearly_limit)   sum_s c[s,P(y)] - c[s,P(y-1)] <= M        P(y) = last period of year y
    cost             sum_p d[p] * sum_s (K[s] + R[s,p]) * own[s,p] + (K[s] + T[s,p]) * new t[s,p]
                     + sum_p d[p] * sum_a G[a] * (g[a,p] - g[a,p-1])
                     + sum_p d[p] * L * years[p] * (sum_{f,s} a[f,s,p], or sum_s A[s] / n * h[s,p])
                     + sum_{p >= k} d[p] * years[p] * sum_s F * A[s] * (o[s] - z[s,p] - c[s,p] + c[s,k])

Symbols
-------
    c[s,p]     commit, 1 once site s is committed      binary, core variable
    a[f,s,p]   acres taken by family f                 acres, ledger total ``acres``
    A[s]       buildable acres                         acres, site table
    h[s,p]     phases of the lease begun; n in all, ``phases``  count, integer, cumulative
    U[s]       most IT load of a site                  MW
    t[s,p]     site s committed, tiered up to p, ``tiered``  binary, cumulative, ledger total ``tiered``
    g[a,p]     programmatic review a started, ``programmatic``  binary, cumulative
    o[s]       option taken in k, the first period after offers end, ``option``; c[s,k] reads 0, and o
               as the scenario commits to it, where they ended before the horizon   binary
    z[s,p]    option given back up to p, ``released``  binary, cumulative
    D, E[s,q]  end of the review of a commitment in q, own and tiered: months after q, or after the
               agency began, not less than the least months after q. A policy can let a later
               commitment be reviewed earlier, so r is a signed sum over commitments
    K, R, L    preparation, review, rent               USD, USD, USD per acre and year
    F          fee of an option                        USD per acre and year
    T, G       tiered review, programmatic review      USD
    d[p]       discount factor; last(p) = latest start of the review that is complete in p

``tiered_after`` need hold only where t is new, but g in service never falls and t stays as it was,
so it holds in every later period as well. t is binary although c and g are: a site that tiers by
halves would be reviewed by halves on two dates and pay for half of each review. Acres in use never
fall, so ``phase_monotone`` only matters where rent is zero and a phase could be dropped again.

Sources: review medians of NEPA documents and federal leases, see ``models/libraries/review.yaml``;
policies and programmatic reviews: ``models/libraries/policies.yaml`` and ``programmatic.yaml``.
Limits: acres are those stated by agencies or estimated by rule; slope and soil are not modelled.
"""

from __future__ import annotations

from siting.families.base import Component, Total
from siting.families.land.audit import audit
from siting.families.land.data import prepare
from siting.families.land.decisions import DECISIONS
from siting.families.land.doubts import DOUBTS
from siting.families.land.limits import LIMITS, MEASURES
from siting.families.land.rules import constrain, declare
from siting.families.land.serves import serves
from siting.families.land.settings import (
    LandConfig,
    check,
    review_dates,
    tiered_dates,
    usable_acres,
)
from siting.families.land.steps import STAGES, steps
from siting.families.land.tables import TABLES, report

COMPONENT = Component(
    name="land",
    title="Land and review",
    pays_for="land",
    config=LandConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    columns=TABLES,
    audit=audit,
    check=check,
    provides={
        "review_dates": review_dates,
        "tiered_dates": tiered_dates,
        "usable_acres": usable_acres,
    },
    totals=(
        Total(
            "tiered",
            ("site", "period"),
            "sites",
            "1 for a site that was committed under a programmatic review up to a period",
        ),
        Total("acres", ("site", "period"), "acres", "acres that halls and plants take at a site"),
    ),
    steps=steps,
    stages=STAGES,
    serves=serves,
    doubts=DOUBTS,
    decisions=DECISIONS,
    limits=LIMITS,
    measures=MEASURES,
    formulation=__doc__ or "",
)
