"""The process that reads a file with limits, started by ``room``; its task is its only argument.

``serve`` is what such processes have in common.
It prints one line of JSON about the file, then its rows as an Arrow stream. Exit code 2 and a line on
stderr say what is wrong with the file; any other end means that a limit was reached.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from siting.core.errors import InputError
from siting.layers.alone import only_reads
from siting.layers.room import ISSUES

SKIP = "SITING_SKIP"
"""Drivers that a first start of this process has found to be in the way."""
MAX_SAID = 1000
NO_MEMORY = "bad_alloc"
"""What libraries in C++ say when they get no memory."""
MORE_MEMORY = "it takes more time or memory than its size allows"
# GDAL registers every driver when it is loaded, but those named in GDAL_SKIP.
KNOWN = (
    "MEM,PCIDSK,PDS4,VICAR,PDF,MBTiles,EEDA,OGCAPI,GDALG,ESRI Shapefile,MapInfo File,LVBAG,S57,DGN,"
    "OGR_VRT,CSV,GML,GPX,LIBKML,KML,GeoJSON,GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,GPKG,SQLite,WAsP,"
    "OpenFileGDB,DXF,FlatGeobuf,GeoRSS,VFK,PGDUMP,OSM,GPSBabel,OGR_PDS,WFS,OAPIF,EDIGEO,Idrisi,ODS,"
    "XLSX,Elasticsearch,Carto,AmigoCloud,SXF,Selafin,JML,PLSCENES,CSW,VDV,MVT,NGW,MapML,GTFS,PMTiles,"
    "JSONFG,MiraMonVector,ADBC,AVCBin,AVCE00,AIVector,HTTP"
)
Read = tuple[dict[str, Any], Any, Iterator[Any]]
"""What is known of the file, the schema of its rows, and the rows."""


class Unreadable(Exception):
    """What is wrong with the file, in one line."""


def main() -> int:
    """Read a vector layer or a Parquet file."""
    return serve(_read)


def serve(read: Callable[[dict[str, Any]], Read]) -> int:
    """Do the task that is the argument of this process: send what is read.

    Args:
        read: sets the limits of its task, and reads.
    """
    task = json.loads(sys.argv[1])
    report, answer = os.dup(2), os.fdopen(os.dup(1), "wb")
    for stream in (1, 2):  # libraries' own chatter
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    try:
        try:
            head, schema, batches = read(task)
        except InputError as error:
            issues = [[i.where, i.what, i.expected, i.fix] for i in error.issues]
            head, schema, batches = {ISSUES: issues}, None, iter(())
        answer.write(json.dumps(head).encode() + b"\n")
        answer.flush()
        if schema is not None:
            with pyarrow.ipc.new_stream(answer, schema) as stream:
                for batch in _within(batches, task):
                    stream.write_batch(batch)
        answer.close()
    except MemoryError:
        os.write(report, MORE_MEMORY.encode())
        return 2
    except Exception as error:  # whatever Arrow, GDAL and other libraries raise on a broken file
        said = " ".join(str(error).split()) or type(error).__name__
        if NO_MEMORY in said:
            said = MORE_MEMORY
        os.write(report, said[:MAX_SAID].encode("utf-8", "replace"))
        return 2
    return 0


def _read(task: dict[str, Any]) -> Read:
    """A vector layer or a Parquet file, within the limits."""
    if not task["driver"]:
        limit(task)
        return _parquet(task)
    _only(task["driver"])
    limit(task)
    return _vector(task)


def _only(driver: str) -> None:
    """Load GDAL with one driver; starts once more where this GDAL has others than are known."""
    names = {*KNOWN.split(","), *filter(None, os.environ.get(SKIP, "").split(","))} - {driver}
    os.environ["GDAL_SKIP"] = ",".join(sorted(names))
    os.environ["GDAL_PAM_ENABLED"] = "NO"
    import pyogrio

    others = set(pyogrio.list_drivers()) - {driver}
    if others and SKIP not in os.environ:
        os.environ[SKIP] = ",".join(sorted(others))
        os.execv(sys.executable, [sys.executable, "-m", "siting.layers.room_main", sys.argv[1]])
    if others:
        raise Unreadable(f"GDAL has drivers that cannot be taken out: {sorted(others)}")


def limit(task: dict[str, Any]) -> None:
    """Limits of processor time, memory, writing and reading from now on, where the system has them."""
    try:
        import resource
    except ImportError:
        return
    used = 2**30
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[5]) * resource.getpagesize()
    except OSError:
        pass

    def lower(kind: int, soft: int, hard: int) -> None:
        """Set a limit, or leave one that the user's shell or a batch system has set lower."""
        most = resource.getrlimit(kind)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (soft, hard))

    lower(resource.RLIMIT_DATA, *(used + task["memory"],) * 2)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = ceil(usage.ru_utime + usage.ru_stime) + task["seconds"]
    lower(resource.RLIMIT_CPU, seconds, seconds + 1)
    signal.alarm(task["patience"])  # HDF5 follows a link, perhaps to what never answers
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path = Path(task["path"])
    only_reads([path.parent if path.suffix == ".shp" else path])


def _within(batches: Iterator[Any], task: dict[str, Any]) -> Iterator[Any]:
    """Batches of at most so many rows, as long as they stay small together."""
    left = task["most_bytes"]
    for whole in batches:
        for start in range(0, whole.num_rows, task["rows"]):
            batch = whole.slice(start, task["rows"])
            batch.validate(full=True)  # also that text is UTF-8
            left -= batch.nbytes
            if left < 0:
                raise Unreadable("its rows are far larger than the file")
            yield batch


def _vector(task: dict[str, Any]) -> Read:
    """A layer of a GDAL format."""
    import pyogrio

    info = pyogrio.read_info(task["path"])
    if info["driver"] != task["driver"]:
        raise Unreadable(f"the content is {info['driver']}")
    head = {"columns": [str(c) for c in info["fields"]], "crs": info["crs"], "geometry": "wkb"}
    if task["is_head"]:
        return head, None, iter(())
    meta, reader = pyogrio.raw.open_arrow(
        task["path"], columns=task["columns"], batch_size=task["rows"], use_pyarrow=True
    ).__enter__()
    head["geometry"] = meta["geometry_name"] or "wkb_geometry"
    if len(set(reader.schema.names)) < len(reader.schema.names):
        raise Unreadable("a column stands twice")
    if head["geometry"] not in reader.schema.names:
        raise Unreadable("a layer without geometry")
    return head, reader.schema, iter(reader)


def _parquet(task: dict[str, Any]) -> Read:
    """A Parquet file, with what GeoParquet says of it; nested columns are left out."""
    file = pyarrow.parquet.ParquetFile(task["path"])
    fields = {field.name: field for field in file.schema_arrow if not _is_nested(field.type)}
    if len(set(file.schema_arrow.names)) < len(file.schema_arrow.names):
        raise Unreadable("a column stands twice")
    geo = (file.schema_arrow.metadata or {}).get(b"geo") or b""
    head = {"columns": list(fields), "geo": geo.decode("utf-8", "replace")}
    if task["is_head"]:
        return head, None, iter(())
    columns = list(fields) if task["columns"] is None else task["columns"]
    missing = [column for column in columns if column not in fields]
    if missing:
        raise Unreadable(f"the column '{missing[0]}' is nested or missing")
    schema = pyarrow.schema([(c, _plain_type(fields[c].type)) for c in columns])
    batches = file.iter_batches(task["rows"], columns=columns, use_threads=False)
    return head, schema, (_plain(batch, schema) for batch in batches)


def _is_nested(kind: Any) -> bool:
    """Whether cells of a column are no single values."""
    return bool(pyarrow.types.is_nested(kind) or isinstance(kind, pyarrow.BaseExtensionType))


def _plain_type(kind: Any) -> Any:
    """The type in which a column is sent: values themselves, no references to other ones."""
    if pyarrow.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    if pyarrow.types.is_decimal(kind):
        return pyarrow.float64()
    name = str(kind)
    return {"string_view": pyarrow.large_string(), "binary_view": pyarrow.large_binary()}.get(
        name, kind
    )


def _plain(batch: Any, schema: Any) -> Any:
    """A batch with columns of plain types."""
    columns = [batch.column(field.name).cast(field.type) for field in schema]
    return pyarrow.RecordBatch.from_arrays(columns, schema=schema)


if __name__ == "__main__":
    sys.exit(main())
