r"""Strategies under uncertainty: what each costs where the facts of the scenario are not known yet.

Question: what does it cost in expectation, and at its worst, to build now or to wait, if the rest is decided
as well as can be once the news comes?

A strategy restricts the decisions of every future alike; a decision that several futures share keeps the
restrictions of all of them. What it leaves open is decided as without it: for all futures that cannot be
told apart until the news comes, and by future from then on. Deliveries, service, halls and flows are the
recourse that any strategy has. With V the best of what is made small, and S a strategy,

    V(known at once) <= V <= V(S)

so that the bound without a strategy holds for each, and the best plan of any is one without.
"""

from __future__ import annotations

from siting.studies.base import Study
from siting.studies.under_futures import page, question, search, words
from siting.studies.under_futures.tables import under_futures_tables

STUDY = Study(
    name="under_futures",
    title="Strategies under uncertainty",
    options=(question.AS_STATED,),
    check=question.check,
    search=search.search,
    settle=search.settle,
    tables=under_futures_tables,
    sentences=words.sentences,
    sections=page.sections,
    summary=words.summary,
    plans=search.plans,
    is_open=search.is_open,
    displayed=page.DISPLAYED,
    place=7,
)
