"""Where every number came from."""

from __future__ import annotations

from siting.core.table import Table
from siting.instance.build import Instance, provenance_of

SOURCE_COLUMNS = ("id", "kind", "name", "source", "confidence", "estimated")


def sources_table(instance: Instance) -> Table:
    """Provenance of every row of data the plan rests on."""
    return Table.of(
        SOURCE_COLUMNS,
        (
            {
                "id": name,
                "kind": kind,
                "name": record.name or name,
                "source": record.source,
                "confidence": record.confidence,
                "estimated": record.estimated,
            }
            for name, kind, record in provenance_of(instance)
        ),
    )
