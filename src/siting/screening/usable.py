"""Layers whose features are lost are refused where that would change what they are for.

Land that cannot be read is land that is not offered; an exclusion that cannot be read is park land that
is. So a layer of which nothing is left is an error whatever its role, and an exclusion with any feature
that cannot be put in its place is one too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from siting.core.errors import InputError, Issue
from siting.screening.raster import is_raster
from siting.screening.read import Features, Lost
from siting.screening.ready import NOT_PROJECTED, Ready
from siting.screening.rings import COLLAPSED, DEGENERATE

HARMLESS = (DEGENERATE, COLLAPSED, NOT_PROJECTED)
"""An exclusion without area takes no land, and one beyond the projection none that is screened."""
FILTERS = ("only", "leave_out", "at_least", "at_most")
MAX_NAMED = 5


def check_usable(layers: Mapping[str, Ready]) -> None:
    """Refuse layers of which nothing is left, and exclusions that are not applied in full.

    Raises:
        InputError: each of them by name, with the reasons.
    """
    issues = []
    for name, layer in layers.items():
        if not len(layer.features) and not is_raster(layer.features.settings):
            issues.append(_nothing_left(name, layer.features, layer.lost))
        elif layer.features.settings.role == "exclusion":
            missed = [lost for lost in layer.lost if lost.reason not in HARMLESS]
            if missed:
                issues.append(_not_applied(name, missed, len(layer.features) + len(layer.lost)))
    if issues:
        raise InputError(issues)


def check_read(layers: Mapping[str, Features]) -> None:
    """The same for layers as they were read, before anything is projected.

    Raises:
        InputError: layers without any feature that can be used.
    """
    issues = [
        _nothing_left(name, layer, layer.lost)
        for name, layer in layers.items()
        if not len(layer) and not is_raster(layer.settings)
    ]
    if issues:
        raise InputError(issues)


def _nothing_left(name: str, layer: Features, lost: Sequence[Lost]) -> Issue:
    """Why a layer has no usable feature: an empty file, its filters, or what its features are."""
    role, file = layer.settings.role, layer.settings.file
    where, expected = f"layers.{name}", f"features of role '{role}'"
    if not layer.read:
        return Issue(where, f"no feature in {file}", expected, "Correct it, or leave the layer out")
    if not lost:
        used = [setting for setting in FILTERS if getattr(layer.settings, setting)]
        what = f"the filters leave none of the {layer.read:,} features of {file}"
        return Issue(where, what, expected, f"Correct {' or '.join(used)}")
    what = f"no usable feature in {file}: {_reasons(lost)}"
    return Issue(where, what, expected, "Correct the file, or leave the layer out")


def _not_applied(name: str, missed: Sequence[Lost], total: int) -> Issue:
    """An exclusion of which some features cannot be put in their place."""
    ids = ", ".join(lost.feature for lost in missed[:MAX_NAMED])
    more = f" and {len(missed) - MAX_NAMED:,} more" if len(missed) > MAX_NAMED else ""
    return Issue(
        f"layers.{name}",
        f"{len(missed):,} of {total:,} exclusions cannot be applied: {_reasons(missed)}; "
        f"features {ids}{more}",
        "every exclusion in its place",
        "Correct them, or leave them out by name with leave_out",
    )


def _reasons(lost: Sequence[Lost]) -> str:
    """Reasons with their counts, most first."""
    counts = Counter(item.reason for item in lost)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return "; ".join(f"{count:,} x {reason}" for reason, count in ordered)
