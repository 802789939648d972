"""Strategies: the scenario built now, later, or with some means only, each proven to its own bound.

Question: what does each strategy cost, and when is load served under it? Every other study stands on the
optimum of this one.
"""

from __future__ import annotations

from siting.studies.base import Study
from siting.studies.strategies import page, question, words
from siting.studies.strategies.tables import comparison_tables

STUDY = Study(
    name="strategies",
    title="Strategies",
    options=(question.STRATEGIES,),
    check=question.check,
    search=question.search,
    settle=question.settle,
    tables=comparison_tables,
    sentences=words.sentences,
    sections=page.sections,
    numbers=page.numbers,
    summary=question.summary,
    plans=question.plans,
    is_open=question.is_open,
    displayed=page.DISPLAYED,
    place=0,
)
