"""Bottlenecks: what one more step of each limit would gain.

Question: which limit, relaxed by one step, saves most? ``gains`` has the method.
"""

from __future__ import annotations

from siting.studies.base import Study
from siting.studies.bottlenecks import gains, page, question, words

STUDY = Study(
    name="bottlenecks",
    title="Bottlenecks",
    options=(question.BOTTLENECKS,),
    check=question.check,
    search=question.search,
    settle=question.settle,
    tables=gains.bottleneck_tables,
    sentences=words.sentences,
    sections=page.sections,
    place=10,
)
