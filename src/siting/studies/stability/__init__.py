"""Stability: which sites are in every plan within a tolerance of the best, in none, or open.

Question: what can a planner defend when many plans cost about the same? ``proof`` has the method.
"""

from __future__ import annotations

from siting.studies.base import Study
from siting.studies.stability import page, question, verdict, words

STUDY = Study(
    name="stability",
    title="Stability",
    options=(question.WITHIN,),
    check=question.check,
    search=question.search,
    settle=question.settle,
    tables=verdict.tables,
    sentences=words.sentences,
    sections=page.sections,
    site_columns=question.site_columns,
    is_open=verdict.is_open,
    displayed={"stability": ("site", "verdict", "is_in_best", "cost_increase_usd", "proof")},
    place=35,
)
