"""Value of a month: below which value of delay would the marginal campus of the plan not be built?

Question: what must a month that load is served sooner be worth for the best plan to be the best one, beside
what is published of that worth? ``search`` has the method.
"""

from __future__ import annotations

from siting.studies.base import Study
from siting.studies.month_value import page, question, search, words

STUDY = Study(
    name="month_value",
    title="Value of a month",
    options=(question.MONTH_VALUE,),
    check=question.check,
    search=question.look,
    settle=question.settle,
    tables=search.tables,
    sentences=words.sentences,
    sections=page.sections,
    place=35,
)
