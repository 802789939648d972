"""Names on the map: none covers a circle or another name, and one that stands alone is shown."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from siting.outputs.report.names import (
    GAP_PX,
    HEIGHT_PX,
    LETTER_PX,
    LINE_PX,
    POSITIONS,
    WIDTH_PX,
    Placed,
    Spot,
    placed_names,
)

EDGES = ((0.0, WIDTH_PX), (0.0, HEIGHT_PX))
"""A map on which a kilometre is a pixel."""
DIRECTION = {name: (right, up) for name, right, up in POSITIONS}
SPOTS = st.lists(
    st.builds(
        Spot, st.floats(0, 1150), st.floats(0, 700), st.floats(8, 60), st.text("abc", max_size=30)
    ),
    max_size=30,
)


def name_box(spot: Spot, placed: Placed) -> tuple[float, float, float, float]:
    """West, south, east and north of a name."""
    right, up = DIRECTION[placed.position]
    width = len(placed.text) * LETTER_PX
    reach = spot.size_px / 2 + GAP_PX
    x = spot.x + right * (reach + width / 2)
    y = spot.y + up * (reach + LINE_PX / 2)
    return x - width / 2, y - LINE_PX / 2, x + width / 2, y + LINE_PX / 2


def share(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Whether two boxes share more than an edge."""
    slack = 1e-6
    return (
        a[0] < b[2] - slack and b[0] < a[2] - slack and a[1] < b[3] - slack and b[1] < a[3] - slack
    )


@given(SPOTS, SPOTS)
def test_no_name_covers_another_or_a_mark(spots: list[Spot], others: list[Spot]) -> None:
    placed = placed_names(spots, others, EDGES)
    shown = [(s, name_box(s, p)) for s, p in zip(spots, placed, strict=True) if p.text]
    assert not any(share(a, b) for (_, a), (_, b) in combinations(shown, 2))
    for spot, box in shown:
        assert box[0] >= 0 and box[2] <= WIDTH_PX and box[1] >= 0 and box[3] <= HEIGHT_PX
        for other in (*spots, *others):
            half = other.size_px / 2
            circle = (other.x - half, other.y - half, other.x + half, other.y + half)
            assert other is spot or not share(box, circle)


def test_one_alone_is_named_and_two_on_one_spot_take_turns() -> None:
    (alone,) = placed_names([Spot(500, 300, 20, "Portsmouth")], [], EDGES)
    assert alone == Placed("Portsmouth", "middle right")
    large, little = placed_names(
        [Spot(500, 300, 40, "Large"), Spot(530, 300, 20, "Little")], [], EDGES
    )
    assert large == Placed("Large", "middle left")
    assert little == Placed("Little", "middle right")
