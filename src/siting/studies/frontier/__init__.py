"""Frontier: cost and lateness by the date before which nothing is decided.

Question: how long may one wait, and what does each further year cost?

A later date forbids more, so with F(d) the best cost of a plan that decides nothing before d

    d <= d'  =>  F(d) <= F(d')

What is proven for a date therefore holds for every later one, and a plan of a later date is one of every
earlier: F is known as a band between bounds and plans, neither of which falls. Where other goals come
before the cost, bounds hold beside those goals alone and are not handed on.
"""

from __future__ import annotations

from siting.studies.base import Study
from siting.studies.frontier import page, question, search, words
from siting.studies.frontier.tables import frontier_tables

STUDY = Study(
    name="frontier",
    title="Frontier of waiting",
    options=(question.FRONTIER,),
    check=question.check,
    search=search.search,
    settle=search.settle,
    tables=frontier_tables,
    sentences=words.sentences,
    sections=page.sections,
    summary=search.summary,
    is_open=search.is_open,
    displayed=page.DISPLAYED,
    place=5,
)
