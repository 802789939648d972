"""Stochastic server location (SIPLIB): its files as programs of futures that share the servers."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array

from siting.futures.extensive import Extensive, extensive
from siting.futures.tree import Future, Tree
from siting.model.program import Program

OVERFLOW = 1000.0
"""Price of a unit of demand beyond the capacity of a server."""


def programs_of(path: Path) -> list[Program]:
    """A program a scenario: servers are decided in period 0, clients in period 1."""
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if re.search(r"Scenario\d+\.dat$", n)]
        names.sort(key=lambda name: int(re.findall(r"\d+", name)[-1]))
        return [_program(archive.read(name).decode()) for name in names]


def _numbers(text: str, name: str) -> list[float]:
    """All numbers of a parameter after its := sign."""
    body = text.split(f"param {name}")[1].split(";", maxsplit=1)[0].rsplit(":=", maxsplit=1)[-1]
    return [float(word) for word in body.split()]


def _program(text: str) -> Program:
    """Servers y, assignments x, overflow o; cost of servers and overflow less revenue."""
    servers, clients = int(_numbers(text, "NumServers")[0]), int(_numbers(text, "NumClients")[0])
    capacity = _numbers(text, "Capacity")[0]
    fixed = np.array(_numbers(text, "FixedCost")).reshape(servers, 2)[:, 1]
    revenue = np.array(_numbers(text, "Revenue")).reshape(clients, servers + 1)[:, 1:]
    demand = np.array(_numbers(text, "Demand")).reshape(clients, servers + 1)[:, 1:]
    present = np.array(_numbers(text, "ClientPresent")).reshape(clients, 2)[:, 1]
    size = servers + clients * servers + servers
    assign = servers + np.arange(clients * servers).reshape(clients, servers)
    over = servers + clients * servers + np.arange(servers)
    rows = [(j, int(assign[i, j]), demand[i, j]) for i in range(clients) for j in range(servers)]
    rows += [(j, j, -capacity) for j in range(servers)]
    rows += [(j, int(over[j]), -1.0) for j in range(servers)]
    rows += [(servers + i, int(assign[i, j]), 1.0) for i in range(clients) for j in range(servers)]
    number, column, value = (np.array(part) for part in zip(*rows, strict=True))
    matrix = coo_array((value, (number, column)), shape=(servers + clients, size)).tocsc()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    none = np.full(size, -1)
    return Program(
        cost=np.concatenate([fixed, -revenue.ravel(), np.full(servers, OVERFLOW)]),
        offset=0.0,
        start=matrix.indptr.astype(np.int32),
        row=matrix.indices.astype(np.int32),
        value=matrix.data,
        row_lower=np.concatenate([np.full(servers, -np.inf), present]),
        row_upper=np.concatenate([np.zeros(servers), present]),
        lower=np.zeros(size),
        upper=np.concatenate([np.ones(size - servers), np.full(servers, np.inf)]),
        is_integer=np.arange(size) < size - servers,
        row_names=tuple(("sslp.row", (n,)) for n in range(servers + clients)),
        units={"sslp.row": ""},
        cuts=frozenset(),
        columns={("sslp.column", (n, int(n >= servers))): n for n in range(size)},
        area=none,
        site=none,
        decided_at=np.where(np.arange(size) < servers, 0, -1),
    )


def whole_of(programs: list[Program]) -> tuple[Tree, Extensive]:
    """All scenarios, equally likely and told apart once the servers stand."""
    count = len(programs)
    futures = tuple(Future(f"s{n}", {"clients": f"s{n}"}, 1 / count) for n in range(count))
    told = np.where(np.eye(count, dtype=bool), 2, 1)
    tree = Tree(futures, {}, told, 2)
    return tree, extensive(tree, programs, {})
