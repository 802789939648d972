"""Arcs become lines: areas against those of circles, the points that are given stay on them."""

from __future__ import annotations

import math
import struct

import pytest
import shapely

from siting.layers.curves import straightened


def curve(*points: tuple[float, float], kind: int = 8) -> bytes:
    """WKB of a circular string, or of a plain one."""
    flat = [number for p in points for number in p]
    return struct.pack(f"<BII{len(flat)}d", 1, kind, len(points), *flat)


def of(kind: int, *parts: bytes) -> bytes:
    """WKB of a kind that holds others."""
    return struct.pack("<BII", 1, kind, len(parts)) + b"".join(parts)


def area(blob: bytes) -> float:
    """Area of a shape that GEOS accepts."""
    shape = shapely.from_wkb(straightened(blob))
    assert shape.is_valid
    return float(shape.area)


HALVES = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0))


@pytest.mark.parametrize(
    ("ring", "expected"),
    [
        (curve(*HALVES), math.pi),
        (curve(*HALVES[::-1]), math.pi),
        (curve((1, 0), (-1, 0), (1, 0)), math.pi),
        (of(9, curve(*HALVES[:3]), curve((-1, 0), (1, 0), kind=2)), math.pi / 2),
        # three quarters of a circle of radius 2 and its centre
        (
            of(
                9,
                curve((2, 0), (-math.sqrt(2), math.sqrt(2)), (0, -2)),
                curve((0, -2), (0, 0), (2, 0), kind=2),
            ),
            3 * math.pi,
        ),
    ],
)  # fmt: skip
def test_areas_of_circles(ring: bytes, expected: float) -> None:
    """A chord of two degrees cuts off a fifth of a thousandth of the area."""
    assert area(of(10, ring)) == pytest.approx(expected, rel=3e-4)
    assert area(of(12, of(10, ring))) == pytest.approx(expected, rel=3e-4)


def test_holes_and_what_is_straight() -> None:
    square = curve((-2, -2), (2, -2), (2, 2), (-2, 2), (-2, -2), kind=2)
    assert area(of(10, square, curve(*HALVES))) == pytest.approx(16 - math.pi, rel=3e-4)
    plain = shapely.to_wkb(shapely.box(0, 0, 1, 1))
    assert straightened(plain) == plain
    assert straightened(b"\x01\x08") == b"\x01\x08" and straightened(None) is None
    straight = shapely.from_wkb(straightened(curve((0, 0), (1, 0), (2, 0))))
    assert straight.length == 2
