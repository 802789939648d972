"""Assumptions, input files, sources and proof of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from siting.core.labels import words
from siting.core.money import MoneyUnit, unit_of
from siting.core.plan import Plan
from siting.core.proof import asked_share, choice_text, ending_text, proof_text, share
from siting.core.table import Row
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Block, Bullets, Facts, Fold, Section, TableBlock, Text
from siting.outputs.report.grid import (
    Column,
    ReportTable,
    Sources,
    long_text,
    marked_table,
    plain_table,
    text,
)
from siting.outputs.report.tables import source_table
from siting.outputs.report.words import EMPTY, family, goal_lines, tier

PLACES = ("headroom.upgrades", "plants.named")
"""Records that stand on the map; the tables of sites, plants and upgrades show those in use."""
PROVENANCE = ("name", "source", "confidence", "estimated")


def proof_section(plan: Plan) -> Section:
    """How good the plan is proven to be, and what it was made with."""
    intro = (
        "An audit in plain arithmetic, without model or solver, re-checks every rule and every "
        "cost from the tables beside this file. Status, bound and gap are the solver's, as far as the "
        "duals in certificate.json do not prove them."
    )
    blocks: list[Block] = [Text(intro, is_note=False), Facts(tuple(proof(plan)))]
    if plan.findings:
        blocks.append(Bullets("Findings of the audit", tuple(plan.findings)))
    return Section("proof", "How it was proven", "Proof", tuple(blocks))


def proof(plan: Plan) -> list[tuple[str, str]]:
    """How good the plan is, as label and value."""
    size, unit = plan.model, unit_of(plan.objective_usd)
    bound = f"{unit.shown(plan.bound_usd, 3)} {unit.name}" if isfinite(plan.bound_usd) else "none"
    audit = "passed" if not plan.findings else f"FAILED with {len(plan.findings)} findings"
    meaning = {
        "OPTIMAL": f"OPTIMAL: proven to the gap that was asked for, {_asked(plan)}",
        "FEASIBLE": "FEASIBLE: the search stopped at a limit; a better plan may exist",
        "AUDIT_FAILED": "AUDIT_FAILED: the plan breaks its own rules; do not use it",
    }
    return [
        ("Status", meaning.get(plan.status, plan.status)),
        ("Proof", proof_text(plan)),
        *([("Why it ended", ending_text(plan))] if plan.ended_by else []),
        *goal_lines(plan),
        ("Discounted cost", f"{unit.shown(plan.objective_usd, 3)} {unit.name}"),
        (_cost_bound(plan), bound),
        ("Gap between the two", share(plan.gap)),
        *_without_solver(plan, unit),
        *([("Depends on the choice", choice_text(plan))] if choice_text(plan) else []),
        ("Audit", audit),
        (
            "Model",
            f"{size.rows:,} rows, {size.columns:,} columns, {size.integers:,} of them integer, "
            f"{size.nonzeros:,} nonzeros",
        ),
    ]


def _without_solver(plan: Plan, unit: MoneyUnit) -> list[tuple[str, str]]:
    """What of the bound arithmetic alone proves."""
    usd = plan.relaxation.get("bound_usd")
    if usd is None or not plan.objective_usd:
        return []
    gap = max(0.0, plan.objective_usd - usd) / abs(plan.objective_usd)
    what = f"{unit.shown(usd, 3)} {unit.name}, {share(gap)} below: the duals in certificate.json"
    return [("Proven without the solver", what)]


def _asked(plan: Plan) -> str:
    """The gap that was asked for."""
    asked = plan.settings.get("gap_frac")
    return asked_share(asked) if isinstance(asked, float) else "none"


def _cost_bound(plan: Plan) -> str:
    """What the bound on the cost means."""
    kept = " that keeps the goals before" if len(plan.goals) > 1 else ""
    return f"No plan{kept} can cost less than"


def assumption_section(plan: Plan) -> Section:
    """What the plan takes for given, and where each row of input comes from."""
    blocks: list[Block] = [
        Text(
            "What the plan takes for given. Rows marked est. rest on weak numbers; each leads to "
            "its source."
        )
    ]
    settings = plain_table(
        "assumption-table",
        "Settings of the scenario",
        (text("part", "Part"), long_text("name", "Setting"), _verbatim("value", "Value")),
        list(_assumptions(plan)),
    )
    if settings.lines:
        blocks.append(TableBlock(settings, "Settings of the scenario"))
    libraries = _libraries(plan)
    if libraries.lines:
        blocks.append(
            Fold("library-fold", f"{len(libraries.lines)} library rows", (TableBlock(libraries),))
        )
    sources = source_table(plan)
    if sources.lines:
        summary = f"{len(sources.lines)} rows of input with their sources"
        blocks.append(Fold("sources-fold", summary, (TableBlock(sources),)))
    files = [{"file": name, "hash": value} for name, value in sorted(plan.inputs.items())]
    columns = (text("file", "File"), _verbatim("hash", "SHA-256"))
    table = plain_table("file-table", "Input files", columns, files)
    if files:
        blocks.append(TableBlock(table, "Input files"))
    versions: list[Row] = [
        *({"name": f"Version of {k}", "value": v} for k, v in sorted(plan.versions.items())),
        *({"name": words(k), "value": _plain_text(v)} for k, v in sorted(plan.settings.items())),
    ]
    columns = (text("name", "Name"), _verbatim("value", "Value"))
    run = plain_table("version-table", "Versions and settings of the run", columns, versions)
    blocks.append(Fold("version-fold", "Versions and settings of the run", (TableBlock(run),)))
    return Section("from", "Assumptions and sources", "Assumptions", tuple(blocks))


def _verbatim(key: str, label: str) -> Column:
    """A column of text that may be long."""
    return Column(key, label, lambda cell: EMPTY if cell is None else str(cell), is_long=True)


def _assumptions(plan: Plan) -> Iterator[Row]:
    """Settings that stand in the scenario itself: numbers, words and short lists."""
    for key in ("price_year", "discount_rate_frac"):
        if key in plan.scenario:
            # a year takes no thousands separator
            yield {"part": "Scenario", "name": words(key), "value": str(plan.scenario[key])}
    components = plan.scenario.get("components")
    for name, config in sorted(components.items()) if isinstance(components, Mapping) else ():
        if not isinstance(config, Mapping) or not config:
            yield {"part": family(name), "name": "On", "value": "with default settings"}
            continue
        for key, value in sorted(config.items()):
            if not _has_records(value):
                shown = tier(value) if key == "tier" else _plain_text(value)
                yield {"part": family(name), "name": words(key), "value": shown}


def _has_records(value: object) -> bool:
    """Whether a setting is a table of rows that carry their own provenance."""
    return isinstance(value, Mapping) and any(isinstance(row, Mapping) for row in value.values())


def _libraries(plan: Plan) -> ReportTable:
    """Rows of libraries with their numbers: equipment, technologies, review paths, workloads."""
    columns = (
        long_text("name", "Row"),
        long_text("kind", "Library"),
        _verbatim("numbers", "Numbers"),
    )
    components = plan.scenario.get("components")
    rows: list[dict[str, Any]] = []
    for row in rows_in(plan, "sources"):
        part, _, key = str(row["kind"]).partition(".")
        if not key or str(row["kind"]) in PLACES or not isinstance(components, Mapping):
            continue
        table = components.get(part, {}).get(key, {})
        record = table.get(str(row["id"])) if isinstance(table, Mapping) else None
        if isinstance(record, Mapping):
            numbers = "; ".join(
                f"{words(k)}: {_plain_text(v)}"
                for k, v in sorted(record.items())
                if k not in PROVENANCE and v not in (None, "", [], {})
            )
            rows.append(
                {**row, "name": row["name"] or row["id"], "kind": words(key), "numbers": numbers}
            )
    return marked_table("library-table", "Library rows", columns, rows, Sources(plan), ["id"])


def _plain_text(value: object) -> str:
    """A setting in one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{words(k)}: {_plain_text(v)}" for k, v in sorted(value.items())) or EMPTY
    if isinstance(value, list | tuple):
        return ", ".join(
            f"({_plain_text(v)})" if isinstance(v, Mapping) else _plain_text(v) for v in value
        )
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, str) and "_" in value and value.isidentifier():
        return words(value)
    return EMPTY if value is None else str(value)
