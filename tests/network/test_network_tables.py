"""A case written as tables and read by a scenario is the same network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siting.core.yaml_source import parse_document
from siting.families.network.settings import NetworkConfig, network_of
from siting.instance.tables import resolve_tables
from siting.network.dc import dc_model
from siting.network.read import read_network
from siting.network.tables import network_tables
from siting.outputs.tables import write_table

CASE = """function mpc = made_up
mpc.version = '2';
mpc.baseMVA = 50;
mpc.bus = [
 1 3 0 0 0 0 1 1 0 230 1 1.1 0.9;
 2 1 40 0 5 0 1 1 0 230 1 1.1 0.9;
 3 1 30 0 0 0 1 1 0 115 1 1.1 0.9;
];
mpc.gen = [
 1 0 0 0 0 1 100 1 200 10;
 3 0 0 0 0 1 100 1 50 0;
];
mpc.branch = [
 1 2 0 0.1 0 100 0 0 0 0 1 -360 360;
 1 2 0 0.2 0 0 0 0 0 0 1 -360 360;
 2 3 0 0.05 0 80 0 0 0.95 3 1 -360 360;
 1 3 0 0.1 0 90 0 0 0 0 1 -360 360;
];
"""


def test_the_tables_are_the_network(tmp_path: Path) -> None:
    (tmp_path / "case.m").write_text(CASE, encoding="utf-8")
    network = read_network(tmp_path / "case.m")
    keys = {"buses": "bus", "branches": "branch", "generators": "generator"}
    for name, table in network_tables(network).items():
        write_table(table, tmp_path / f"{name}.csv")
    tables = {name: {"file": f"{name}.csv", "id_column": key} for name, key in keys.items()}
    settings = {"components": {"network": {"base_mva": 50, **tables}}}
    found = resolve_tables(parse_document(json.dumps(settings), "s.json"), tmp_path)
    assert not found.issues
    data: Any = found.document.data
    again = network_of(NetworkConfig.model_validate(data["components"]["network"]))
    order = [again.bus_index[name] for name in network.buses.ids]
    assert again.buses.load_mw[order] == pytest.approx(network.buses.load_mw)
    lines = [again.branches.ids.index(name) for name in network.branches.ids]
    assert again.branches.rating_mw[lines] == pytest.approx(network.branches.rating_mw)
    injection = np.array([70.0, -45.0, -25.0])
    moved = np.zeros(3)
    moved[order] = injection
    flows, others = dc_model(network).flows(injection), dc_model(again).flows(moved)
    assert others[lines] == pytest.approx(flows)
    assert sum(again.generators.max_mw) == 250
