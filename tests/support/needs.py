"""Requirements by season, deficits and rivals, added to scenarios of pairs of families."""

from __future__ import annotations

from random import Random
from typing import Any

from support.pairs import PAIRS, scenario_of

Data = dict[str, Any]
WITH = [pair for pair in PAIRS if {"adequacy", "ratepayer"} & {*pair}]
"""Pairs in which an accredited surplus matters."""


def with_needs(pair: tuple[str, str], number: int) -> Data:
    """A scenario of a pair, with needs of one to three seasons in some of its zones."""
    scenario = scenario_of(pair, number)
    rng = Random(f"needs {pair} {number}")
    families = scenario["components"]
    settings = families.setdefault("adequacy", {})
    rows: Data = {}
    for zone in sorted(scenario.get("zones", {})):
        if rng.random() < 0.2:
            continue
        for season in rng.sample(["summer", "winter", "spring", "year"], rng.choice([1, 2, 2, 3])):
            for year in sorted(rng.sample(range(2025, 2031), rng.choice([1, 2]))):
                rows[f"{zone}.{season}.{year}"] = {
                    "zone": zone,
                    "season": season,
                    "year": year,
                    "requirement_frac": rng.choice([0.8, 0.94, 1.0, 1.15, 1.36]),
                    "surplus_mw": rng.choice([-60, -10, 0, 20, 50, 90, 200]),
                }
    settings["needs"] = rows
    if "headroom" in families and "curtailment" not in families:
        settings["deficit"] = rng.choice(["carried", "cured"])
    for rival in families.get("headroom", {}).get("rivals", {}).values():
        rival["is_in_forecast"] = rng.random() < 0.5
    return scenario
