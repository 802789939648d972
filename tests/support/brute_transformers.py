"""Enumeration of several equipment classes at one site: what can be in service, and at what cost.

Nothing here imports the engine. With a single site every unit of the pool is best assigned as soon
as it is there, so only what is bought, drawn or kept is enumerated.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.brute_force import Brute

Path = tuple[int, ...]
Money = tuple[float, ...]
Data = dict[str, Any]
Held = dict[tuple[Path, Money], float]
"""Least cost by units in service and spending."""
FEATURES = ("reserve_units", "booked", "max_units")


def is_extended(settings: Data) -> bool:
    """Whether a scenario uses more than one class of plain main banks."""
    classes = list(settings["classes"].values())
    has_feature = any(feature in kind for kind in classes for feature in FEATURES)
    return len(classes) > 1 or has_feature or bool(settings.get("spare_grace_months"))


def options(brute: Brute, commit: Path) -> Iterator[tuple[dict[str, Path], float, list[float]]]:
    """Banks and gear that can be in use at the one site, with their cost and spending."""
    settings = brute.families["transformers"]
    (site,) = brute.sites
    classes = sorted(settings["classes"].items())
    held = [
        _held(brute, settings, kind, _most(brute, settings, kind), commit) for _, kind in classes
    ]
    best: dict[tuple[tuple[tuple[str, Path], ...], Money], float] = {}
    for combo in product(*(list(choice.items()) for choice in held)):
        usd = sum(cost for _, cost in combo)
        money = tuple(sum(spent) for spent in zip(*(m for (_, m), _ in combo), strict=True))
        there = {e: path for (e, _), ((path, _), _) in zip(classes, combo, strict=True)}
        for used in _in_use(brute, settings, there):
            key = (tuple((f"{e} {site}", path) for e, path in sorted(used.items())), money)
            best[key] = min(usd, best.get(key, usd))
    for (state, money), usd in best.items():
        yield dict(state), usd, list(money)


def _rated(kind: Data) -> float:
    """MW of a unit."""
    return float(kind["unit_mva"] * kind.get("power_factor_frac", 1.0))


def _most(brute: Brute, settings: Data, kind: Data) -> int:
    """Most units of a class that the site can use."""
    load = brute.pue * brute.limit(brute.sites[0])
    if kind["role"] == "breaker":
        banks = (c for c in settings["classes"].values() if c["role"] == "main_bank")
        return int(kind["units_per_bank"] * sum(_most(brute, settings, c) for c in banks))
    spare = settings.get("spare_banks", 0) if kind["role"] == "main_bank" else 0
    return int(ceil(load / _rated(kind) - 1e-9) + spare)


def _held(brute: Brute, settings: Data, kind: Data, most: int, commit: Path) -> Held:
    """Everything that can be done about one class."""
    count, none = brute.count, (0,) * brute.count
    price, life = kind["overnight_usd_per_unit"], kind.get("lifetime_years", 40.0)
    pool_price = price * (1 + settings.get("pool_premium_frac", 0.0))
    delivered = [brute.delivery(kind, start) for start in brute.starts]
    arrival = [brute.at(day) for day in delivered]
    install = kind.get("install_months", 0)
    site_arrival = [brute.at(brute.add_months(day, install)) for day in delivered]
    after = [brute.at(brute.add_months(start, install)) for start in brute.starts]
    pools = _paths(brute, most, arrival) if settings["procurement"] != "site" else [none]
    owns = _paths(brute, most, arrival) if settings["procurement"] != "pool" else [none]
    owns = [own for own in owns if all(n <= most * c for n, c in zip(own, commit, strict=True))]
    found: Held = {}
    for pool, own in product(pools, owns):
        if not _offered(brute, kind, pool, own):
            continue
        for have, usd, spent in _other_sources(brute, kind):
            hand = _sum(have, brute.in_service(pool, arrival))
            assigned = tuple(min(n, most * c) for n, c in zip(hand, commit, strict=True))
            there = _sum(brute.in_service(own, site_arrival), brute.in_service(assigned, after))
            cost = usd + brute.capital(brute.in_service(pool, arrival), pool_price, life)
            cost += brute.capital(brute.in_service(own, arrival), price, life)
            new = zip(_new(pool), _new(own), strict=True)
            money = tuple(
                before + pool_price * a + price * b
                for before, (a, b) in zip(spent, new, strict=True)
            )
            found[there, money] = min(cost, found.get((there, money), cost))
    assert all(len(path) == count for path, _ in found)
    return found


def _paths(brute: Brute, most: int, arrival: list[int]) -> list[Path]:
    """Counts by period of orders that arrive within the horizon."""
    return [
        path
        for path in brute.paths(most)
        if not any(n and arrival[p] >= brute.count for p, n in enumerate(_new(path)))
    ]


def _new(path: Path) -> list[int]:
    """Increments of a path."""
    return [n - (path[p - 1] if p else 0) for p, n in enumerate(path)]


def _sum(left: Path, right: Path) -> Path:
    """Two counts together."""
    return tuple(a + b for a, b in zip(left, right, strict=True))


def _offered(brute: Brute, kind: Data, pool: Path, own: Path) -> bool:
    """Whether factories offer what is ordered."""
    new = _new(_sum(pool, own))
    slots = kind.get("slots_per_year")
    if slots is not None and any(n > slots * brute.years[p] + 1e-9 for p, n in enumerate(new)):
        return False
    return bool(sum(new) <= kind.get("max_units", sum(new)))


def _other_sources(brute: Brute, kind: Data) -> Iterator[tuple[Path, float, list[float]]]:
    """In hand without an order to a factory: stock, draws on the reserve, slots kept."""
    price, life = kind["overnight_usd_per_unit"], kind.get("lifetime_years", 40.0)
    weeks = timedelta(weeks=kind.get("reserve_weeks", 0))
    arrival = [brute.at(start + weeks) for start in brute.starts]
    opens = kind.get("reserve_from", "2000-01")
    slots = kind.get("booked", [])
    for draw in _paths(brute, kind.get("reserve_units", 0), arrival):
        if any(n and f"{brute.starts[p]:%Y-%m}" < opens for p, n in enumerate(_new(draw))):
            continue
        reserve_price = kind.get("reserve_usd_per_unit", 0.0)
        drawn = brute.in_service(draw, arrival)
        for keeps in product(*(range(slot["units"] + 1) for slot in slots)):
            have = tuple(n + kind.get("stock_units", 0) for n in drawn)
            usd = brute.capital(drawn, reserve_price, life)
            money = [reserve_price * n for n in _new(draw)]
            for slot, kept in zip(slots, keeps, strict=True):
                first = brute.at(brute.parse(slot["delivered"]))
                unpaid = (1 - slot.get("paid_frac", 0.0)) * price
                kept_path = tuple(kept if p >= first else 0 for p in range(brute.count))
                usd += brute.capital(kept_path, unpaid, life)
                back = slot.get("resale_frac", 0.0) * price * (slot["units"] - kept)
                usd -= brute.discount[0] * back
                have = _sum(have, kept_path)
                if first < brute.count:
                    money[first] += unpaid * kept
            yield have, usd, money


def _in_use(brute: Brute, settings: Data, there: dict[str, Path]) -> list[dict[str, Path]]:
    """What installed units let through: whole banks beside their spares and with breakers."""
    classes = settings["classes"]
    main = [e for e in there if classes[e]["role"] == "main_bank"]
    gear = {f"gear {e}": n for e, n in there.items() if classes[e]["role"] == "switchgear"}
    breakers = [e for e in there if classes[e]["role"] == "breaker"]
    spare = settings.get("spare_banks", 0)
    if len(main) > 1:
        assert not breakers
        assert not settings.get("spare_grace_months")
        banks = {f"banks {e}": tuple(max(0, n - spare) for n in there[e]) for e in main}
        return [{**banks, **gear}]
    room = [10**6] * brute.count
    if breakers:
        per_bank = classes[breakers[0]]["units_per_bank"]
        room = [sum(there[e][p] for e in breakers) // per_bank for p in range(brute.count)]
    most = tuple(min(n, room[p]) for p, n in enumerate(there[main[0]]))
    return [{f"banks {main[0]}": path, **gear} for path in _firm(brute, settings, most)]


def _firm(brute: Brute, settings: Data, most: Path) -> list[Path]:
    """Best counts of firm banks, one for each way to time the spares."""
    spare, months = settings.get("spare_banks", 0), settings.get("spare_grace_months", 0)
    if not spare:
        return [most]
    arrival = brute.arrivals(months)
    periods = range(brute.count)
    before = [max((q for q in periods if arrival[q] <= p), default=None) for p in periods]
    found = []
    for kept in product((0, 1), repeat=brute.count):
        if any(most[p] < spare * kept[p] for p in periods):
            continue
        late = {q for p, q in enumerate(before) if not kept[p]}
        found.append(tuple(0 if p in late else most[p] - spare * kept[p] for p in periods))
    return sorted(set(found))
