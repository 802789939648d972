"""What is doubted about the settings of ``cooling``."""

from __future__ import annotations

from siting.families.doubts import Doubts

DOUBTS = Doubts(
    reads=("components.workloads.kinds.*.rack_kw",),
)
