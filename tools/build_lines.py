"""Build ``data/map/transmission.json``: ``python tools/build_lines.py LINES.gpkg [TARGET]``.

LINES.gpkg holds lines with ``VOLT_CLASS`` (345, 500, 735 AND ABOVE, DC) in degrees. Pieces of one class that
meet are joined, those under 0.15 degrees dropped, bends under 0.04 degrees straightened, coordinates kept to
0.01 degrees, about a kilometre: to read a map against, not to measure. Same input, same bytes out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyogrio
import shapely

TARGET = Path(__file__).resolve().parent.parent / "data" / "map" / "transmission.json"
SNAP_DEGREES, LEAST_DEGREES, BEND_DEGREES, DECIMALS = 0.002, 0.15, 0.04, 2


def main(source: Path, target: Path = TARGET) -> None:
    """Write the lines of each class."""
    frame = pyogrio.read_dataframe(source, columns=["VOLT_CLASS"])
    found: dict[str, list[list[list[float]]]] = {}
    for name, group in frame.groupby("VOLT_CLASS"):
        pieces = shapely.set_precision(group.geometry.values, SNAP_DEGREES)
        joined = shapely.get_parts(shapely.line_merge(shapely.union_all(pieces)))
        kept = [
            shapely.simplify(line, BEND_DEGREES) for line in joined if line.length > LEAST_DEGREES
        ]
        found[str(name).split()[0]] = [
            [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in line.coords] for line in kept
        ]
    text = json.dumps(dict(sorted(found.items())), separators=(",", ":"))
    target.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
