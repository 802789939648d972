"""Which sites are timed."""

from __future__ import annotations

from collections.abc import Callable

from siting.pipeline import Loaded
from siting.studies.base import Run
from siting.studies.option import Asked, Form, Option
from siting.studies.site_timing.timing import SiteTiming, check_sites, settled, time_site

CHOSEN = "chosen"
"""Stands for every site that the best plan builds."""
SITES: Option[tuple[str, ...]] = Option(
    argument="sites",
    flag="--site",
    help="Site: now, later or never? 'chosen': each that the best plan builds.",
    default=(),
    form=Form.REPEATED,
)


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> tuple[str, ...] | None:
    """The sites that are named."""
    check_sites(loaded.instance, [site for site in asked[SITES] if site != CHOSEN])
    return asked[SITES] or None


def search(run: Run, sites: tuple[str, ...]) -> tuple[SiteTiming, ...]:
    """Every timing of each site."""
    best = run.best()
    found = []
    for site in _each(run, sites):
        found.append(time_site(run.loaded, site, run.solver, best.ranked))
        run.on_done(f"{site}: now, later and never solved")
    return tuple(found)


def _each(run: Run, sites: tuple[str, ...]) -> list[str]:
    """The sites that are named, each once, with those of the best plan in place of ``chosen``."""
    rows = run.best_plan().tables["sites"]
    chosen = [str(row["site"]) for row in rows if row["is_chosen"]]
    known = run.loaded.instance.system.sites
    named = (chosen if site == CHOSEN and site not in known else [site] for site in sites)
    return list(dict.fromkeys(site for group in named for site in group))


def settle(
    run: Run, sites: tuple[str, ...], found: tuple[SiteTiming, ...]
) -> tuple[SiteTiming, ...]:
    """Each with the best plan that any solve has found for it."""
    ranked = run.best().ranked
    return tuple(settled(run.loaded, timing, run.solver, ranked) for timing in found)
