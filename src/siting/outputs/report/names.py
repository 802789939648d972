"""Names beside the sites of the map: the largest first, each where it covers no mark and no other name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from siting.outputs.report.words import short

WIDTH_PX, HEIGHT_PX = 1150.0, 640.0
"""Size of the map on a desk, for which names are placed; zooming in only parts them."""
LETTER_PX, LINE_PX, GAP_PX = 6.0, 13.0, 2.0
LENGTH = 34
"""Letters of a name."""
POSITIONS = (
    ("middle right", 1, 0),
    ("middle left", -1, 0),
    ("top center", 0, 1),
    ("bottom center", 0, -1),
    ("top right", 1, 1),
    ("bottom right", 1, -1),
    ("top left", -1, 1),
    ("bottom left", -1, -1),
)
"""Places of a name around its circle, the best first: as the chart calls them, and the direction."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Spot:
    """A circle with its name: place on the map [km], diameter [px]."""

    x: float
    y: float
    size_px: float
    name: str


@dataclass(frozen=True)
class Placed:
    """The name as shown, empty where there is no room, and where it stands."""

    text: str
    position: str


def placed_names(
    spots: Sequence[Spot], others: Sequence[Spot], frame_km: tuple[Sequence[float], Sequence[float]]
) -> list[Placed]:
    """A name for each of some circles, in their order.

    Args:
        others: marks that no name may cover. frame_km: from where to where the map reaches, east and north.
    """
    (west, east), (south, north) = frame_km
    scale = min(WIDTH_PX / (east - west), HEIGHT_PX / (north - south))
    edges = (west * scale, south * scale, east * scale, north * scale)
    centres = [(spot.x * scale, spot.y * scale) for spot in spots]
    taken = [_around(s.x * scale, s.y * scale, s.size_px) for s in (*spots, *others)]
    found = [Placed("", POSITIONS[0][0])] * len(spots)
    for place in sorted(range(len(spots)), key=lambda i: (-spots[i].size_px, spots[i].name)):
        text = short(spots[place].name, LENGTH)
        for position, box in _boxes(*centres[place], spots[place].size_px, len(text)):
            rest = (other for number, other in enumerate(taken) if number != place)
            if _holds(edges, box) and not any(_overlap(box, other) for other in rest):
                found[place] = Placed(text, position)
                taken.append(box)
                break
    return found


def _boxes(x: float, y: float, size: float, letters: int) -> Iterator[tuple[str, Box]]:
    """Each place that a name may take [px]."""
    width, radius = letters * LETTER_PX, size / 2 + GAP_PX
    for name, right, up in POSITIONS:
        left = x - width / 2 if right == 0 else x + radius if right > 0 else x - radius - width
        low = y - LINE_PX / 2 if up == 0 else y + radius if up > 0 else y - radius - LINE_PX
        yield name, (left, low, left + width, low + LINE_PX)


def _around(x: float, y: float, size: float) -> Box:
    """The square around a circle."""
    return x - size / 2, y - size / 2, x + size / 2, y + size / 2


def _holds(edges: Box, box: Box) -> bool:
    """Whether a box lies on the map."""
    is_high = edges[1] <= box[1] and box[3] <= edges[3]
    return is_high and edges[0] <= box[0] and box[2] <= edges[2]


def _overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share any ground."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
