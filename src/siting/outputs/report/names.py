"""Names beside the sites of the map: the largest first, each where it covers no circle and no other name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from siting.outputs.report.words import short

WIDTH_PX = 1150.0
"""Width of the map on a desk, for which names are placed; zooming in only parts them."""
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


def placed_names(spots: Sequence[Spot], east_west_km: Sequence[float]) -> list[Placed]:
    """A name for each circle, in their order.

    Args:
        east_west_km: western and eastern edge of the map [km].
    """
    px_per_km = WIDTH_PX / (east_west_km[1] - east_west_km[0])
    centres = [(spot.x * px_per_km, spot.y * px_per_km) for spot in spots]
    taken = [_around(*centre, spot.size_px) for centre, spot in zip(centres, spots, strict=True)]
    found = [Placed("", POSITIONS[0][0])] * len(spots)
    for place in sorted(range(len(spots)), key=lambda i: (-spots[i].size_px, spots[i].name)):
        text = short(spots[place].name, LENGTH)
        for position, box in _boxes(*centres[place], spots[place].size_px, len(text)):
            others = (other for number, other in enumerate(taken) if number != place)
            if not any(_overlap(box, other) for other in others):
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


def _overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share any ground."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
