"""Land and campus of the plain program: commitments, reviews, leases, halls."""

from __future__ import annotations

from datetime import date
from math import floor
from typing import Any

from siting.core.calendar import add_months
from support.plain.linear import Sum, total
from support.plain.world import Commitment, World

NEAR = 1e-9


def declare_land(w: World) -> None:
    """Each site is committed once at most, with a review of its own or tiered."""
    land = w.families["land"]
    reviews = {
        a: w.starts(w.after(review.months), 1) for a, review in sorted(land.programmatic.items())
    }
    for a, starts in reviews.items():
        w.program.at_most(total(starts.begun.values()), 1)
        for q, begun in starts.begun.items():
            _pay_once(w, q, land.programmatic[a].cost_usd * begun)
    for s, site in w.sites.items():
        stated = site.preparation_usd
        usd = land.preparation_usd if stated is None else stated
        above = next((a for a in land.programmatic if _covers(land.programmatic[a], s, site)), None)
        w.commitments[s] = []
        for q, day in enumerate(w.days):
            _commit(w, s, q, usd, _replaced(land, site, _usual(land, site), day))
            if above is not None:
                path = _replaced(land, site, land.programmatic[above].tiered_path, day)
                tiered = _commit(w, s, q, usd, path)
                w.program.at_most(tiered, reviews[above].in_service(q))
        w.program.at_most(total(c.chosen for c in w.commitments[s]), 1)


def _covers(review: Any, name: str, site: Any) -> bool:
    """Whether a site may tier from a programmatic review."""
    return name in (review.sites or ()) or review.agency == site.agency != ""


def _commit(w: World, s: str, q: int, preparation_usd: float, path: str | None) -> Sum:
    """A commitment in a period under a review path."""
    paths = w.families["land"].review_paths
    done = add_months(w.days[q], paths[path].months) if path else w.days[q]
    chosen = w.program.variable(1 if w.may_decide(q) else 0, is_whole=True)
    w.commitments[s].append(Commitment(q, done, chosen))
    _pay_once(w, q, (preparation_usd + (paths[path].cost_usd if path else 0.0)) * chosen)
    return chosen


def _pay_once(w: World, q: int, usd: Sum) -> None:
    """Paid, and spent, when it is begun."""
    w.pay(q, usd)
    w.spend(q, usd)


def _usual(land: Any, site: Any) -> str | None:
    """The site's own path, else that of its agency and action, else the default."""
    if site.review_path:
        return str(site.review_path)
    listed = land.path_by_agency.get(site.agency)
    if isinstance(listed, dict):
        found = listed.get(site.action or "default")
        return None if found is None else str(found)
    path = listed or land.default_path
    return None if path is None else str(path)


def _replaced(land: Any, site: Any, path: str | None, day: date) -> str | None:
    """The path that a policy in force on the day puts in its place."""
    for _, policy in sorted(land.policies.items()):
        holds = policy.is_on and (policy.from_date or day) <= day < (policy.until or date.max)
        covers = policy.agencies is None or site.agency in policy.agencies
        if holds and covers and path in policy.replaces:
            return str(policy.replaces[path])
    return path


def hold_land(w: World) -> None:
    """Acres, rent, and caps on sites."""
    land = w.families["land"]
    for s, site in w.sites.items():
        _hold_acres(w, s, site.buildable_acres)
    last = w.periods[-1]
    if land.max_sites is not None:
        w.program.at_most(total(w.committed(s, last) for s in w.sites), land.max_sites)
    for limits, of in ((land.max_sites_by_agency, "agency"), (land.max_sites_by_state, "state")):
        for group, most in limits.items():
            members = [s for s, site in w.sites.items() if getattr(site, of) == group]
            w.program.at_most(total(w.committed(s, last) for s in members), most)
    _hold_options(w)
    if land.max_commitments_per_year is not None:
        for year in sorted({day.year for day in w.days}):
            new = [
                c.chosen for s in w.sites for c in w.commitments[s] if w.days[c.period].year == year
            ]
            w.program.at_most(total(new), land.max_commitments_per_year)


def _hold_acres(w: World, s: str, acres: float | None) -> None:
    """Acres in use within those of a committed site; rent on them, or on the phases leased."""
    land = w.families["land"]
    rent, phases = land.lease_usd_per_acre_year, land.lease_phases
    if phases and acres:
        begun = w.starts(lambda day: day, phases)
        for p in w.periods:
            w.program.at_most(begun.started(p), phases * w.committed(s, p))
            w.program.at_most(w.total("acres", s, p), acres / phases * begun.started(p))
            w.pay_yearly(p, rent * acres / phases * begun.started(p))
        return
    for p in w.periods:
        w.pay_yearly(p, rent * w.total("acres", s, p))
        if acres is not None:
            w.program.at_most(w.total("acres", s, p), acres * w.committed(s, p))


def _hold_options(w: World) -> None:
    """An option taken when offers end, and kept: without it no later commitment of a site open by then."""
    options = w.families["land"].options
    first = None if options is None else w.from_day(options.offers_end)
    if options is None or first is None or first > w.periods[-1]:
        return
    is_over = options.offers_end < w.days[0]
    for s, site in w.sites.items():
        late = [c for c in w.commitments[s] if c.period > first or is_over]
        may = w.may_decide(first) and not is_over
        taken = w.program.variable(1 if may else 0, is_whole=True)
        back = {p: w.program.variable(1, is_whole=True) for p in w.periods if p > first or is_over}
        for p in w.periods[first:]:
            used = total(c.chosen for c in late if c.period <= p)
            given = total(one for q, one in back.items() if q <= p)
            w.program.at_most(used + given, taken)
            fee = options.usd_per_acre_year * (site.buildable_acres or 0.0)
            w.pay_yearly(p, fee * (taken - used - given))


def declare_campus(w: World) -> None:
    """Halls begun after the review; they take acres from then on and cost from their service."""
    campus = w.families.get("campus")
    if campus is None:
        return
    block = campus.hall_it_mw
    ample = w.ample(block) + int(campus.min_campus_it_mw // block) + 1
    for s in w.sites:
        halls = w.starts(w.after(campus.shell_months), ample)
        usd = campus.overnight_usd_per_it_mw * block
        w.charge(
            halls,
            usd,
            campus.lifetime_years,
            campus.fixed_om_usd_per_it_mw_year * block,
            owner="campus",
            with_interest_usd=w.with_interest(usd, campus, campus.shell_months, "campus"),
        )
        for p in w.periods:
            w.add("acres", s, p, amount=campus.acres_per_it_mw * block * halls.started(p))
            w.add("room", s, p, amount=block * halls.in_service(p))
        for q, begun in halls.begun.items():
            w.program.at_most(begun, ample * w.reviewed(s, q))
            if campus.max_new_it_mw_per_year is not None:
                most = campus.max_new_it_mw_per_year * w.years(q) / block
                w.program.at_most(begun, max(1, floor(most + NEAR)))


def hold_campus(w: World) -> None:
    """Load within the halls, or without halls at reviewed sites; the least and the most of a site."""
    campus, last = w.families.get("campus"), w.periods[-1]
    for s, site in w.sites.items():
        for p in w.periods:
            load = w.total("it", s, p)
            if campus is None:
                most = w.peak_mw if site.max_it_mw is None else site.max_it_mw
                w.program.at_most(load, most * w.reviewed(s, p))
            else:
                w.program.at_most(load, w.total("room", s, p))
        if campus is not None:
            if site.max_it_mw is not None:
                w.program.at_most(w.total("room", s, last), site.max_it_mw + NEAR)
            need = campus.min_campus_it_mw * w.committed(s, last)
            w.program.at_most(need, w.total("room", s, last))
