"""Site timing: one site now, later, or never.

Question: what does it cost to start a site now, later or never, and until when does waiting win? ``timing``
has the method.
"""

from __future__ import annotations

from siting.studies.base import Study
from siting.studies.site_timing import page, question, timing, words

STUDY = Study(
    name="site_timing",
    title="Site timing",
    options=(question.SITES,),
    check=question.check,
    search=question.search,
    settle=question.settle,
    tables=timing.site_timing_tables,
    sentences=words.sentences,
    sections=page.sections,
    place=30,
)
