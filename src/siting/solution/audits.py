"""The audits of every family of a scenario, and that of what it commits to."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import AuditResult
from siting.core.committed import NAME as COMMITTED
from siting.core.table import Tables
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.solution.committed import audit_committed


def audits(instance: Instance, tables: Tables) -> Iterator[tuple[str, AuditResult]]:
    """What each family finds and costs, and what is found of decisions that the scenario commits to."""
    for name, data in instance.data.items():
        yield name, COMPONENTS[name].audit(data, tables)
    yield COMMITTED, audit_committed(instance, tables)
