"""Break-evens: where the better of two strategies changes as a number of the scenario does.

Question: from which value on is the other strategy better? ``search`` has the method.
"""

from __future__ import annotations

from siting.studies.base import Study
from siting.studies.break_evens import page, question, words
from siting.studies.break_evens.tables import break_even_tables

STUDY = Study(
    name="break_evens",
    title="Break-evens",
    options=(question.BREAK_EVENS,),
    check=question.check,
    search=question.search,
    settle=question.settle,
    tables=break_even_tables,
    sentences=words.sentences,
    sections=page.sections,
    place=20,
)
