"""``siting explain DIR SITE``: why a site is in a plan or not, and what it would take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from siting.cli.show import Show
from siting.core.audit import number
from siting.core.errors import InputError, Issue
from siting.outputs.entry import write_entry
from siting.outputs.stored import read_folder
from siting.pipeline import limits_of
from siting.studies.site_timing.timing import check_sites
from siting.timeline.plans import finite, same_usd
from siting.timeline.reasons import SiteReasons, reasons_for
from siting.timeline.solves import Solver
from siting.timeline.words import dearer, money


def explain_site(folder: Path, site: str, show: Show, *, is_written: bool) -> None:
    """Print the reasons; write them into ``plan.geojson`` on request.

    Raises:
        InputError: not a plan, not a site of it, or cells that cannot be read.
    """
    plan = read_folder(folder)
    check_sites(plan.instance, [site])
    if plan.unreadable or "commitments" not in plan.tables or "critical_path" not in plan.tables:
        what = plan.unreadable[0] if plan.unreadable else "tables of the plan are missing"
        fix = "Solve it again; 'siting audit' lists what is wrong"
        raise InputError([Issue(str(folder), what, "the tables that the plan wrote", fix)])
    bound = plan.summary.get("bound_usd")
    proven = float(bound) if isinstance(bound, int | float) else float("-inf")
    with show.study() as (on_progress, _):
        solver = Solver(limits_of(plan.instance), on_progress=on_progress)
        cost = (proven, plan.cost_usd)
        found = reasons_for(plan.instance, plan.tables, cost, site, solver)
    if is_written:
        system = plan.instance.system
        write_entry(folder, system, site, found.entry_usd_per_mw, found.entry_weeks)
    show.result(_data(found), _lines(found))


def _data(found: SiteReasons) -> dict[str, Any]:
    """For machines."""
    return {
        "site": found.site,
        "is_chosen": found.is_chosen,
        "critical_path": [dict(row) for row in found.path],
        "limits": list(found.limits),
        "opposite_choice_usd": {
            "least": found.other and finite(found.other.least),
            "planned": found.other and finite(found.other.plan),
            "most": found.other and finite(found.other.most),
        },
        "better_plan_usd": found.better_usd,
        "entry_mw": found.entry_mw,
        "entry_cost_usd_per_mw": found.entry_usd_per_mw,
        "entry_weeks": found.entry_weeks,
        "entry_least_weeks": found.entry_least_weeks,
    }


def _lines(found: SiteReasons) -> list[str]:
    """For people."""
    lines = [f"{found.site} is {'in' if found.is_chosen else 'not in'} the plan."]
    for row in found.path:
        mark = "  <- what it waited for" if row["is_last"] else "  <- what that waited for"
        mark = mark if row["is_critical"] else ""
        item = "" if row["item"] == row["step"] else f" {row['item']}"
        lines.append(
            f"  {row['energised_date']} +{number(row, 'added_it_mw'):,.0f} MW: {row['step']}{item}, "
            f"{row['started_date']} to {row['finished_date']}{mark}"
        )
    lines += [f"  {limit}" for limit in found.limits]
    without = "without" if found.is_chosen else "with"
    if found.other is None:
        return [*lines, f"There is no plan {without} it."]
    if found.better_usd:
        lines.append(
            f"A plan {without} it is {money(found.better_usd)} cheaper than this one, which the gap had "
            "left open: solve again with a smaller gap."
        )
    lines.append(f"{without.capitalize()} it the best plan is {dearer(found.other)}")
    if found.entry_usd_per_mw is not None:
        lines[-1] += (
            f"; it carries {found.entry_mw:,.0f} MW: {found.entry_usd_per_mw:,.0f} USD a MW"
        )
    lines[-1] += "."
    return lines if found.is_chosen else [*lines, *_entry(found)]


def _entry(found: SiteReasons) -> list[str]:
    """What a shorter connection would do for a site that is not in the plan."""
    if found.better_usd or (found.other and found.other.most <= same_usd(found.other.most)):
        return []
    least, weeks = found.entry_least_weeks, found.entry_weeks
    if least is None:
        takes = " It waits for none." if found.connection_weeks <= 0 else ""
        return [f"No shorter connection alone makes it pay.{takes}"]
    if weeks is None:
        known = f"is open from {least} weeks on" if least else "is open"
        return [f"Whether a shorter connection makes it pay {known}, within the gap."]
    if weeks >= found.connection_weeks:
        shorter = "Only a connection that takes no time"
    else:
        shorter = f"A connection {weeks} weeks shorter"
    unsure = f"for certain; with {least} weeks or more it may" if least < weeks else ""
    return [f"{shorter} makes it pay {unsure}".rstrip() + "."]


def sites_of(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """The sites of a plan, those that it commits first; for machines and for people.

    Raises:
        InputError: not a plan.
    """
    plan = read_folder(folder)
    rows = sorted(
        plan.tables["sites"], key=lambda row: (not row["is_chosen"], -number(row, "it_mw"))
    )
    chosen = [row for row in rows if row["is_chosen"]]
    lines = [f"{len(chosen)} of {len(rows)} sites are in the plan:"]
    for row in chosen:
        since = row["first_energised_date"]
        load = f"{number(row, 'it_mw'):,.0f} MW at the end, from {since} on" if since else "no load"
        lines.append(f"  {row['site']}: {load}")
    others = sorted(str(row["site"]) for row in rows if not row["is_chosen"])
    if others:
        lines += ["Not in the plan:", *(f"  {name}" for name in others)]
    lines.append(f"Why, and what it would take: siting explain {folder} SITE")
    data = {"chosen": [str(row["site"]) for row in chosen], "others": others}
    return data, lines
