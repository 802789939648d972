"""Read a PyPSA network (netCDF) through ``pypsa`` itself, the optional extra ``siting[network]``.

PyPSA computes the reactances, also of standard line and transformer types. Taken is the snapshot
with the largest load. Left out, and counted: buses of other carriers than AC and what hangs on them,
storage, which cannot serve a constant load, and links, whose flow somebody decides.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas

from siting.core.errors import InputError, Issue
from siting.layers.safety import MAX_BYTES
from siting.network.build import RawCase
from siting.network.case import Cost

SIGNATURES = (b"\x89HDF\r\n\x1a\n", b"CDF\x01", b"CDF\x02", b"CDF\x05")
BASE_MVA = 1.0
"""PyPSA's reactances are per unit of 1 MVA."""
AC = {"AC", ""}


def read_pypsa(path: Path, name: str) -> RawCase:
    """Read a PyPSA network.

    Args:
        path: a netCDF file. name: how messages call it.

    Raises:
        InputError: PyPSA is not installed, or cannot read the file.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if not head.startswith(SIGNATURES):
        raise InputError([Issue(name, "the content is not netCDF", "a PyPSA netCDF file")])
    if path.stat().st_size > MAX_BYTES:
        raise InputError([Issue(name, "a file of more than 512 MiB", "a smaller network")])
    try:
        import pypsa
    except ImportError as error:
        fix = "Install it: pip install 'siting[network]'"
        raise InputError([Issue(name, "pypsa is not installed", "pypsa", fix)]) from error
    with warnings.catch_warnings():
        # PyPSA warns of its own future and of parts that are not used here
        warnings.simplefilter("ignore")
        try:
            network = pypsa.Network(str(path))
            network.calculate_dependent_values()
        except Exception as error:  # whatever netCDF, HDF5 and PyPSA raise on a broken file
            what = f"PyPSA cannot read it: {str(error)[:200]}"
            raise InputError([Issue(name, what, "a network that PyPSA exported")]) from error
        return _case(network, name)


def _case(network: Any, name: str) -> RawCase:
    """The common form of a network at the hour of its largest load."""
    bus = network.buses
    bus = bus[bus.carrier.isin(AC)]
    ids, notes = _ids(bus.index), []
    for count, what in (
        (len(network.buses) - len(bus), "buses of other carriers than AC are left out"),
        (len(network.links), "links are left out"),
        (len(network.storage_units) + len(network.stores), "storage units are left out"),
    ):
        if count:
            notes.append(f"{count} {what}")
    changed = sum(str(old) != new for old, new in ids.items())
    if changed:
        notes.append(f"{changed} bus names are written with _ for other characters")
    load, hour = _load(network)
    if len(network.snapshots) > 1:
        notes.append(f"the load is that of the snapshot with the most, {hour}")
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
    branches = pandas.concat([_branches(network.lines), _branches(network.transformers)])
    branches = branches[branches["from"].isin(ids) & branches["to"].isin(ids)]
    zero = branches[branches.rating_mw == 0]
    if len(zero):
        raise InputError(
            [
                Issue(
                    f"{name}: branch {branch}", "an s_nom of 0", "a capacity", "Set s_nom"
                )
                for branch in list(zero.id)[:8]
            ]
        )  # fmt: skip
    branches = branches.assign(
        **{end: branches[end].map(ids) for end in ("from", "to")},
        rating_mw=branches.rating_mw.where(np.isfinite(branches.rating_mw), 0.0),
    ).reset_index(drop=True)
    generators, costs = _generators(network, ids, hour)
    return RawCase(name, BASE_MVA, buses, branches, generators, costs, tuple(notes))


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


def _load(network: Any) -> tuple[pandas.Series, Any]:
    """Load by bus in the hour with the most, and that hour."""
    series = network.get_switchable_as_dense("Load", "p_set")
    active = network.loads[network.loads.active] if "active" in network.loads else network.loads
    signed = -series[active.index] * active.sign
    hour = signed.sum(axis=1).idxmax() if len(signed) else None
    if hour is None:
        return pandas.Series(dtype=float), None
    return signed.loc[hour].groupby(active.bus).sum(), hour


def _branches(table: Any) -> pandas.DataFrame:
    """Lines or transformers in the common form."""
    shift = table.phase_shift if "phase_shift" in table else pandas.Series(0.0, table.index)
    capacity = table.s_nom.where(~table.s_nom_extendable.astype(bool), table.s_nom_opt)
    return pandas.DataFrame(
        {
            "id": [str(name)[:100] for name in table.index],
            "from": table.bus0.to_numpy(),
            "to": table.bus1.to_numpy(),
            "x_pu": table.x_pu_eff.to_numpy(float),
            "tap": 0.0,
            "shift_deg": shift.to_numpy(float),
            "rating_mw": (capacity * table.s_max_pu).to_numpy(float),
            "is_on": table.active.to_numpy(bool) if "active" in table else True,
        }
    )


def _generators(
    network: Any, ids: dict[Any, str], hour: Any
) -> tuple[pandas.DataFrame, tuple[Cost, ...]]:
    """Generators between what they may give in an hour, with their marginal costs."""
    table = network.generators[network.generators.bus.isin(ids)]
    capacity = table.p_nom.where(~table.p_nom_extendable.astype(bool), table.p_nom_opt)
    first = hour if hour is not None else network.snapshots[0]
    share = {
        key: network.get_switchable_as_dense("Generator", key).loc[first, table.index]
        for key in ("p_min_pu", "p_max_pu", "marginal_cost")
    }
    squares = table.get("marginal_cost_quadratic", pandas.Series(0.0, table.index))
    frame = pandas.DataFrame(
        {
            "id": [str(name)[:100] for name in table.index],
            "bus": table.bus.map(ids).to_numpy(),
            "min_mw": (capacity * share["p_min_pu"]).to_numpy(float),
            "max_mw": (capacity * share["p_max_pu"]).to_numpy(float),
            "is_on": table.active.to_numpy(bool) if "active" in table else True,
        }
    )
    costs = zip(squares.to_numpy(float), share["marginal_cost"].to_numpy(float), strict=True)
    return frame, tuple(Cost(float(square), float(linear)) for square, linear in costs)
