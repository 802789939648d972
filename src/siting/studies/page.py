"""The page of a comparison: the answer, what each study shows, then assumptions and sources."""

from __future__ import annotations

from pathlib import Path

from siting.outputs.report.blocks import Bullets, Section
from siting.outputs.report.page import Page, write_page
from siting.outputs.report.provenance import assumption_section
from siting.outputs.report.sections import warnings_of
from siting.studies.comparison import Comparison


def write_comparison_page(comparison: Comparison, path: Path) -> None:
    """Write the page of a comparison."""
    write_page(comparison_page(comparison), path)


def comparison_page(comparison: Comparison) -> Page:
    """The page of a comparison."""
    failed = any(plan.findings for plan in comparison.all_plans().values())
    answer = Section("answer", "In words", "In words", (Bullets("", comparison.answer[1:]),))
    warnings = warnings_of(comparison.best)
    parts = comparison.parts
    return Page(
        kicker=f"Build or wait · {comparison.name}",
        title=comparison.title,
        lead=comparison.answer[0],
        numbers=tuple(number for part in parts for number in part.study.numbers(part)),
        sections=(
            answer,
            *([] if warnings is None else [warnings]),
            *(section for part in parts for section in part.study.sections(part)),
            assumption_section(comparison.best),
        ),
        version=comparison.best.versions.get("siting", ""),
        alarm="An audit failed. Do not rely on this study." if failed else "",
    )
