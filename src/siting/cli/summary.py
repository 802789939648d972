"""Summaries of a check and of a plan that fit eighty columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table as RichTable

from siting.cli.options import warning_lines
from siting.cli.show import MONEY_DECIMALS, printable
from siting.core.audit import number
from siting.core.errors import Issue
from siting.core.goals import PROVEN, goal_text, result_text
from siting.core.marginal import MARGINAL, marginal_text
from siting.core.money import money
from siting.core.plan import Plan
from siting.core.proof import HOPELESS, choice_text, ending_text, proof_text

if TYPE_CHECKING:
    from siting.cli.audit_plan import FolderAudit
    from siting.instance.build import Instance

WIDTH = 80
"""Columns that every summary fits."""
NAME_WIDTH = 24
MAX_BUILT = 40_000
"""Places times periods up to which a check builds the model, so that it answers within seconds."""
HOURS = "hours"
FINDINGS = 20
"""Findings that a summary lists."""


def check_summary(
    instance: Instance,
    sizes: Mapping[str, Mapping[str, int]] | None,
    warnings: Sequence[Issue] = (),
) -> tuple[dict[str, Any], list[RenderableType]]:
    """Sizes of a scenario and of what each family adds to the model; without ``sizes`` it was not built."""
    system = instance.system
    is_built, sizes = sizes is not None, sizes or {}
    total = {
        part: sum(size[part] for size in sizes.values()) for part in ("rows", "columns", "integers")
    }
    time = estimate(total["integers"]) if is_built else HOURS
    unusable = sorted(set(system.sites) - set(system.first_service))
    data = {
        "name": instance.scenario.name,
        "periods": len(system.calendar),
        "sites": len(system.sites),
        "zones": len(system.zones),
        "nodes": len(system.nodes),
        "families": {name: dict(size) for name, size in sizes.items()},
        "goals": [goal.model_dump(mode="json") for goal in instance.scenario.goals()],
        "model": total if is_built else None,
        "unusable_sites": unusable,
        "estimate": time,
        "warnings": [str(warning) for warning in warnings],
    }
    table = RichTable(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("family", no_wrap=True)
    for name in ("rows", "columns", "integers"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, size in sizes.items():
        table.add_row(name, *(f"{size[part]:,}" for part in ("rows", "columns", "integers")))
    lines: list[RenderableType] = [
        printable(instance.scenario.title or instance.scenario.name, WIDTH),
        "The input is right." if not warnings else "The input can be solved.",
        f"{len(system.sites)} sites, {len(system.zones)} zones, {len(system.nodes)} nodes, "
        f"{len(system.calendar)} periods from {system.calendar.starts[0]} to {system.calendar.end}.",
        table if is_built else "So many places and periods are counted when the model is solved.",
        *_goals(instance),
        f"Solving: {time}.",
    ]
    taken = [site for site in system.sites if site not in system.open_sites]
    unusable = [site for site in unusable if site in system.open_sites]
    if taken:
        lines.append(f"Not on offer to the plan: {', '.join(taken)}.")
    if unusable:
        lines.append(f"Too small or too late for any hall: {', '.join(unusable)}.")
    return data, [*lines, *warning_lines(warnings)]


def _goals(instance: Instance) -> list[str]:
    """What is made best, in order."""
    goals = instance.scenario.goals()
    if len(goals) == 1:
        return [f"Goal: {goal_text(goals[0])}."]
    given = len(instance.scenario.objectives)
    lines = ["Goals, each kept while the next is solved:"]
    for place, goal in enumerate(goals):
        share = f" (may give away {100 * goal.tolerance_frac:.3g} %)" if goal.tolerance_frac else ""
        added = " (decides among equals)" if place >= given else ""
        lines.append(f"  {place + 1}. {goal_text(goal)}{share}{added}")
    return lines


def estimate(integers: int) -> str:
    """How long a proof to 0.5 % takes on two cores, roughly, by number of integers."""
    steps = (
        (1_000, "seconds"),
        (20_000, "about a minute"),
        (100_000, "many minutes, and a gap may be left at the time limit"),
    )
    return next((words for limit, words in steps if integers <= limit), HOURS)


def solve_summary(plan: Plan, output: Path) -> tuple[dict[str, Any], list[RenderableType]]:
    """Status, bound, gap, lateness, cost, first orders and the sites of a plan."""
    from siting.cli.gist import gist, gist_lines

    data = {
        "status": plan.status,
        "objective_usd": plan.objective_usd,
        "bound_usd": plan.bound_usd,
        "gap": plan.gap,
        "ended_by": plan.ended_by or None,
        "any_plan_usd": plan.any_plan_usd,
        MARGINAL: plan.settings.get(MARGINAL),
        "goals": [result.as_json() for result in plan.goals],
        "solve_seconds": plan.solve_seconds,
        "output": str(output),
        "audit": {"passed": not plan.findings, "findings": list(plan.findings)},
        "warnings": list(plan.warnings),
        **gist(plan),
    }
    table = RichTable(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("site", max_width=NAME_WIDTH, overflow="fold")
    for name in ("commit", "energised", "IT MW", "grid MW", "on-site MW"):
        table.add_column(name, justify="right", no_wrap=True)
    chosen = [row for row in plan.tables["sites"] if row["is_chosen"]]
    for row in sorted(chosen, key=lambda row: (-number(row, "it_mw"), str(row["site"]))):
        mw = (f"{number(row, column):,.0f}" for column in ("it_mw", "grid_mw", "onsite_mw"))
        table.add_row(
            printable(row["site"]),
            str(row["commit_date"]),
            str(row["first_energised_date"] or "-"),
            *mw,
        )
    lines: list[RenderableType] = [
        printable(plan.title, WIDTH),
        *_answer(plan),
        *_results(plan),
        *(line for text in gist_lines(plan) for line in wrap(text, WIDTH)),
        *wrap(printable(marginal_text(plan)), WIDTH),
        table,
        "Audit passed." if not plan.findings else "AUDIT FAILED:",
        *(f"  {finding}" for finding in plan.findings[:FINDINGS]),
        *_more(len(plan.findings) - FINDINGS),
        *warning_lines(plan.warnings),
        f"Open {output / 'report.html'} and {output / 'plan.geojson'}.",
    ]
    return data, lines


def _more(count: int) -> list[str]:
    """How many are not listed, if any."""
    return [f"  and {count:,} more"] if count > 0 else []


def _answer(plan: Plan) -> list[str]:
    """The cost, how good it is proven to be, and how much of it depends on the choice."""
    proof = proof_text(plan)
    lines = [
        f"{proof[0].upper()}{proof[1:]}: {money(plan.objective_usd, MONEY_DECIMALS)}, "
        f"{plan.solve_seconds:.1f} s."
    ]
    if PROVEN < plan.gap < HOPELESS:
        lines.append(f"No plan can cost less than {money(plan.bound_usd, MONEY_DECIMALS)}.")
    lines += [text for text in (ending_text(plan), choice_text(plan)) if text]
    return [line for text in lines for line in wrap(text, WIDTH)]


def _results(plan: Plan) -> list[str]:
    """What came of each goal, where there are several."""
    if len(plan.goals) == 1:
        return []
    return [
        f"  {place}. {goal_text(result.goal)}: {result_text(result)}."
        for place, result in enumerate(plan.goals, 1)
    ]


def audit_summary(audited: FolderAudit, folder: Path) -> tuple[dict[str, object], list[str]]:
    """What an audit found, for machines and for people."""
    findings, changed = list(audited.findings), list(audited.changed)
    lines = [f"The plan in {folder} passes its audit."]
    if findings:
        lines = [f"The audit found {len(findings)}:", *(f"  {finding}" for finding in findings)]
    if changed:
        lines += ["Made from the plan, and no longer as written:", *(f"  {c}" for c in changed)]
    lines += audited.proof.lines()
    lines.append(f"Claimed, not recomputed: {', '.join(audited.claimed)}.")
    told: dict[str, object] = {"passed": not findings, "findings": findings}
    told |= {"changed": changed, "claimed": list(audited.claimed)}
    return {**told, "proven": audited.proof.as_json()}, lines
