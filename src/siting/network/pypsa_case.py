"""The process that reads a PyPSA network for ``read_pypsa``; its task is its only argument.

PyPSA computes the reactances, also of standard line and transformer types. Taken is the snapshot
with the largest load at AC buses, with what is active in its investment period; extendable capacities
count as optimised, or as they stand in a network that is not optimised yet. Left out, and counted:
buses of other carriers than AC and what hangs on them, storage, which cannot serve a constant load,
and links, whose flow somebody decides. A stochastic network is refused: it is several at once.
"""

from __future__ import annotations

import re
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas

from siting.core.errors import InputError, Issue
from siting.core.warnings import listed
from siting.layers.room_main import Read, limit, serve
from siting.network.build import RawCase
from siting.network.case import Cost

MAX_UNPACKED_BYTES = 512 * 2**20
BASE_MVA = 1.0
"""PyPSA's reactances are per unit of 1 MVA."""
AC = {"AC", ""}
SHOWN = 8


def _read(task: dict[str, Any]) -> Read:
    """A network as plain values."""
    # linopy imports it where it is there, and its urllib3 binds a socket
    sys.modules["requests"] = None  # type: ignore[assignment]
    import netCDF4  # noqa: F401 (loaded before the limits)
    import pypsa

    # it asks for its newest release otherwise
    pypsa.options.general.allow_network_requests = False
    limit(task)
    warnings.simplefilter("ignore")  # of its own future, and of parts that are not used here
    path, name = Path(task["path"]), task["name"]
    try:
        _check_size(path, name)
        network = pypsa.Network(str(path))
        network.calculate_dependent_values()
    except (InputError, MemoryError):
        raise
    except Exception as error:  # whatever netCDF, HDF5 and PyPSA raise on a broken file
        what = f"PyPSA cannot read it: {str(error)[:200]}"
        raise InputError([Issue(name, what, "a network that PyPSA exported")]) from error
    return _plain(_case(network, name)), None, iter(())


def _plain(case: RawCase) -> dict[str, Any]:
    """A case as plain values."""
    tables = {"buses": case.buses, "branches": case.branches, "generators": case.generators}
    return {
        **{name: {c: table[c].tolist() for c in table} for name, table in tables.items()},
        "base_mva": case.base_mva,
        "costs": [[cost.quadratic, cost.linear] for cost in case.costs],
        "notes": list(case.notes),
    }


def _check_size(path: Path, name: str) -> None:
    """Tables that stay small when unpacked; the header of the file says how large they are."""
    import xarray

    with xarray.open_dataset(path) as tables:
        size = sum(int(tables[table].nbytes) for table in tables.variables)
    if size > MAX_UNPACKED_BYTES:
        what = f"tables of {size / 2**20:,.0f} MiB"
        limit = f"at most {MAX_UNPACKED_BYTES // 2**20} MiB"
        raise InputError([Issue(name, what, limit, "Keep fewer snapshots")])


def _case(network: Any, name: str) -> RawCase:
    """The common form of a network at the hour of its largest load."""
    if network.has_scenarios:
        names = listed(network.scenarios, 4)
        what = f"a stochastic network of {len(network.scenarios)} scenarios ({names})"
        fix = "Export one of them: network.get_scenario(NAME).export_to_netcdf(FILE)"
        raise InputError([Issue(name, what, "one network", fix)])
    bus = network.buses[network.buses.carrier.isin(AC)]
    if not len(bus):
        carriers = listed(sorted(network.buses.carrier.unique()), 6)
        what = f"no bus of carrier AC, only {carriers}"
        raise InputError([Issue(name, what, "a network of AC buses and lines", "")])
    ids, notes = _ids(bus.index), _left_out(network, bus.index)
    changed = sum(str(old) != new for old, new in ids.items())
    if changed:
        notes.append(f"{changed} bus names are written with _ for other characters")
    load, hour = _load(network, bus.index, name)
    if len(network.snapshots) > 1:
        shown = ", ".join(map(str, hour)) if isinstance(hour, tuple) else hour
        notes.append(f"the load is that of the snapshot with the most, {shown}")
    period = hour[0] if isinstance(hour, tuple) and network.has_investment_periods else None
    is_optimised = _is_optimised(network)
    if not is_optimised and _extendable(network):
        notes.append(
            "the network is not optimised yet: its extendable capacities count as they stand now"
        )
    degrees = bus.x.abs().le(180) & bus.y.abs().le(90) & ~(bus.x.eq(0) & bus.y.eq(0))
    buses = pandas.DataFrame(
        {
            "id": list(ids.values()),
            "title": [str(old) if str(old) != new else "" for old, new in ids.items()],
            "base_kv": bus.v_nom.to_numpy(float),
            "load_mw": load.reindex(bus.index).fillna(0.0).to_numpy(float),
            "longitude": bus.x.where(degrees).to_numpy(float),
            "latitude": bus.y.where(degrees).to_numpy(float),
            "is_reference": bus.control.eq("Slack").to_numpy(bool),
            "is_on": True,
        }
    )
    branches = _all_branches(network, ids, is_optimised, period, name)
    generators, costs = _generators(network, ids, hour, is_optimised, period, name)
    return RawCase(name, BASE_MVA, buses, branches, generators, costs, tuple(notes))


def _left_out(network: Any, kept: pandas.Index) -> list[str]:
    """What a DC power flow of the AC buses has no place for, counted."""
    links = network.links
    between = int((links.bus0.isin(kept) & links.bus1.isin(kept)).sum())
    other = network.buses[~network.buses.index.isin(kept)]
    carriers = listed(sorted(map(str, other.carrier.unique())), 6)
    counts = (
        (len(other), f"buses of other carriers than AC ({carriers}) are left out"),
        (int((~network.loads.bus.isin(kept)).sum()), "loads at such buses are left out"),
        (
            between,
            "links between AC buses are left out, nothing flows over them: their flow is a decision",
        ),
        (len(links) - between, "links to other buses are left out"),
        (len(network.storage_units) + len(network.stores), "storage units are left out"),
    )
    return [f"{count} {what}" for count, what in counts if count]


def _extendable(network: Any) -> bool:
    """Whether a capacity that counts here is a decision of PyPSA's."""
    tables = (network.generators.p_nom_extendable, network.lines.s_nom_extendable,
              network.transformers.s_nom_extendable)  # fmt: skip
    return any(bool(flags.astype(bool).any()) for flags in tables)


def _is_optimised(network: Any) -> bool:
    """Whether capacities were optimised: an objective is stored, or some optimal capacity."""
    tables = (network.generators.p_nom_opt, network.lines.s_nom_opt, network.transformers.s_nom_opt)
    return bool(network.is_solved) or any(bool((found > 0).any()) for found in tables)


def _active(component: Any, period: Any) -> pandas.Series:
    """What of a component is there, in an investment period if there are any."""
    return component.get_active_assets(period).reindex(component.static.index).astype(bool)


def _all_branches(
    network: Any, ids: dict[Any, str], is_optimised: bool, period: Any, name: str
) -> pandas.DataFrame:
    """Lines and transformers between the buses; names are unique in PyPSA by component only."""
    kinds = {"line": network.components.lines, "transformer": network.components.transformers}
    tables = {kind: _branches(one, is_optimised, period) for kind, one in kinds.items()}
    shared = set(tables["line"].id) & set(tables["transformer"].id)
    for kind, table in tables.items():
        table["id"] = [f"{kind} {one}"[:100] if one in shared else one for one in table.id]
    branches = pandas.concat(list(tables.values()))
    branches = branches[branches["from"].isin(ids) & branches["to"].isin(ids)]
    zero = branches[branches.is_on & (branches.rating_mw == 0)]
    if len(zero):
        fix = "Set s_nom" if is_optimised else "Set s_nom, or optimise the network before"
        more = f" (and {len(zero) - SHOWN} more)" if len(zero) > SHOWN else ""
        raise InputError(
            [
                Issue(f"{name}: branch {branch}", f"an s_nom of 0{more}", "a capacity", fix)
                for branch in list(zero.id)[:SHOWN]
            ]
        )
    return branches.assign(
        **{end: branches[end].map(ids) for end in ("from", "to")},
        rating_mw=branches.rating_mw.where(np.isfinite(branches.rating_mw), 0.0),
    ).reset_index(drop=True)


def _ids(names: Any) -> dict[Any, str]:
    """Bus names as identifiers: other characters become ``_``, numbered where they would clash."""
    used: set[str] = set()
    ids = {}
    for name in names:
        plain = re.sub("[^A-Za-z0-9_.-]", "_", str(name))[:56] or "_"
        made, number = plain, 2
        while made in used:
            made, number = f"{plain}_{number}", number + 1
        used.add(made)
        ids[name] = made
    return ids


def _load(network: Any, buses: pandas.Index, name: str) -> tuple[pandas.Series, Any]:
    """Load by bus in the hour with the most at these buses, and that hour.

    Raises:
        InputError: loads of which some hour is not known, which might be that hour.
    """
    series = network.get_switchable_as_dense("Load", "p_set")
    active = network.loads[network.loads.bus.isin(buses)]
    active = active[active.active] if "active" in active else active
    signed = -series[active.index] * active.sign
    if not len(active.index):
        return pandas.Series(dtype=float), network.snapshots[0]
    unknown = [str(load) for load in signed.columns[signed.isna().any()]]
    if unknown:
        what, fix = (
            "a load that is not a number in every snapshot",
            "Fill it in, or remove the load",
        )
        raise InputError(
            Issue(f"{name}: load {load[:60]}", what, "MW in each", fix) for load in unknown[:SHOWN]
        )
    hour = signed.sum(axis=1).idxmax()
    return signed.loc[hour].groupby(active.bus).sum(), hour


def _branches(component: Any, is_optimised: bool, period: Any) -> pandas.DataFrame:
    """Lines or transformers in the common form."""
    table = component.static
    shift = table.phase_shift if "phase_shift" in table else pandas.Series(0.0, table.index)
    is_decided = table.s_nom_extendable.astype(bool) & is_optimised
    capacity = table.s_nom.where(~is_decided, table.s_nom_opt)
    return pandas.DataFrame(
        {
            "id": [str(name)[:100] for name in table.index],
            "from": table.bus0.to_numpy(),
            "to": table.bus1.to_numpy(),
            "x_pu": table.x_pu_eff.to_numpy(float),
            "tap": 0.0,
            "shift_deg": shift.to_numpy(float),
            "rating_mw": (capacity * table.s_max_pu).to_numpy(float),
            "is_on": _active(component, period).to_numpy(bool),
        }
    )


def _generators(
    network: Any, ids: dict[Any, str], hour: Any, is_optimised: bool, period: Any, name: str
) -> tuple[pandas.DataFrame, tuple[Cost, ...]]:
    """Generators between what they may give in an hour, with their marginal costs.

    Raises:
        InputError: generators that take instead of give.
    """
    table = network.generators[network.generators.bus.isin(ids)]
    turned = list(table.index[table.sign != 1])
    if turned:
        fix = "Make it a load, or a negative one"
        raise InputError(
            Issue(f"{name}: generator {str(one)[:60]}", "a sign other than 1", "sign 1", fix)
            for one in turned[:SHOWN]
        )
    is_decided = table.p_nom_extendable.astype(bool) & is_optimised
    capacity = table.p_nom.where(~is_decided, table.p_nom_opt)
    share = {
        key: network.get_switchable_as_dense("Generator", key).loc[hour, table.index]
        for key in ("p_min_pu", "p_max_pu", "marginal_cost")
    }
    squares = table.get("marginal_cost_quadratic", pandas.Series(0.0, table.index))
    active = _active(network.components.generators, period)
    frame = pandas.DataFrame(
        {
            "id": [str(name)[:100] for name in table.index],
            "bus": table.bus.map(ids).to_numpy(),
            "min_mw": (capacity * share["p_min_pu"]).to_numpy(float),
            "max_mw": (capacity * share["p_max_pu"]).to_numpy(float),
            "is_on": active[table.index].to_numpy(bool),
        }
    )
    costs = zip(squares.to_numpy(float), share["marginal_cost"].to_numpy(float), strict=True)
    return frame, tuple(Cost(float(square), float(linear)) for square, linear in costs)


if __name__ == "__main__":
    sys.exit(serve(_read))
