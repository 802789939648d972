"""Measure headroom: 2,000 buses, 50 of them with outages, and 22 areas of nine years of hours.

``python benchmarks/headroom.py CASE.m [JOBS]``, for instance with ACTIVSg2000. Prints seconds of clock
and of processor, and peak memory. Figures are those of this machine and this run; nothing is asserted.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas

from siting.demand.areas import area_headroom
from siting.network.case import Network
from siting.network.read import read_network
from siting.solver.bus_headroom import network_headroom
from siting.solver.dispatch import cheapest_dispatch

KIB_PER_MIB = 1024
OUTAGE_BUSES = 50
AREAS = 22
SEED = 1


def cpu_seconds() -> float:
    """Processor time of this process and of those it waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def measure(what: str, work: Callable[[], object]) -> None:
    """Do some work and print what it took."""
    clock, cpu = perf_counter(), cpu_seconds()
    work()
    print(f"{what:52s} {perf_counter() - clock:8.2f} s  {cpu_seconds() - cpu:8.2f} s of processor")


def networks(case: Path, jobs: int) -> None:
    """All buses without outages, and some spread over the case with all of them."""
    network: list[Network] = []
    measure(f"read {case.name}", lambda: network.append(read_network(case)))
    buses = range(len(network[0].buses))
    some = list(buses)[:: max(1, len(buses) // OUTAGE_BUSES)][:OUTAGE_BUSES]
    if network[0].generators.costs:
        measure("DC optimal power flow", lambda: cheapest_dispatch(network[0]))
    measure(
        f"{len(buses)} buses without outages, {jobs} processes",
        lambda: network_headroom(network[0], buses, jobs=jobs),
    )
    measure(
        f"{len(some)} buses under all outages, {jobs} processes",
        lambda: network_headroom(network[0], some, with_outages=True, jobs=jobs),
    )


def loads() -> None:
    """Made-up hours of 22 areas from 2016 to 2024, from a CSV file to the tables."""
    rng = np.random.default_rng(SEED)
    hours = pandas.date_range("2016-01-01", "2024-12-31 23:00", freq="h")
    day = np.sin(2 * np.pi * (hours.hour.to_numpy() - 9) / 24)
    year = np.cos(4 * np.pi * hours.day_of_year.to_numpy() / 365.25)
    data = {
        f"AREA-{i:02d}": (
            1000 * (i + 1) * (1 + 0.2 * day + 0.3 * year + 0.02 * rng.random(len(hours)))
        )
        for i in range(AREAS)
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loads.csv"
        pandas.DataFrame(data, index=hours).round(1).rename_axis("time").to_csv(path)
        measure(f"{AREAS} areas x 9 years, read, clean, solve", lambda: area_headroom([path]))


def main() -> None:
    """Print the measurements."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("highspy", "scipy", "pandas"))
    print(f"python {platform.python_version()}, {versions}; {os.cpu_count()} cores")
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count() or 1
    if len(sys.argv) > 1:
        networks(Path(sys.argv[1]), jobs)
    loads()
    for name, who in (("here", resource.RUSAGE_SELF), ("of a process", resource.RUSAGE_CHILDREN)):
        peak = resource.getrusage(who).ru_maxrss / KIB_PER_MIB
        print(f"{f'peak memory {name}':52s} {peak:8.0f} MiB")


if __name__ == "__main__":
    main()
