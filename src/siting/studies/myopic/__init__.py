"""Myopic foresight: planning with some years in sight, as organisations do, against perfect foresight.

Question: what does it cost to look only so far ahead? ``rolling`` has the method.
"""

from __future__ import annotations

from siting.studies.base import Study
from siting.studies.myopic import question, rolling, words

STUDY = Study(
    name="myopic",
    title="Foresight",
    options=(question.YEARS,),
    check=question.check,
    search=question.search,
    settle=question.settle,
    tables=rolling.tables,
    sentences=words.sentences,
    sections=words.sections,
    plans=question.plans,
    is_open=rolling.is_open,
    place=45,
)
