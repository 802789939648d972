"""What is doubted about the settings of ``water``."""

from __future__ import annotations

from siting.families.doubts import Doubts

DOUBTS = Doubts(
    reads=("sites.*.basin",),
)
