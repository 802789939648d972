"""Alternatives: plans almost as cheap as the optimum on other sites.

Question: which sites are in every near-optimal plan, and which can be exchanged? ``search`` has the method.
"""

from __future__ import annotations

from siting.studies.alternatives import page, question, search, words
from siting.studies.base import Study

STUDY = Study(
    name="alternatives",
    title="Alternatives",
    options=(question.COUNT, question.WITHIN),
    check=question.check,
    search=question.search,
    settle=question.settle,
    tables=search.alternative_tables,
    sentences=words.sentences,
    sections=page.sections,
    place=40,
)
