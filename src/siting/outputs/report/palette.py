"""Colours of the pages, each for light and for dark grounds; charts use them by name."""

from __future__ import annotations

LIGHT = {
    "ink": "#1b2733",
    "soft": "#4d5a67",
    "paper": "#ffffff",
    "card": "#f6f8fa",
    "rule": "#dce2e8",
    "accent": "#14508a",
    "land": "#eef1f4",
    "border": "#aab5c0",
    "edge": "#6b7783",
    "bad": "#a4262c",
    "est": "#7a4b00",
    "est-bg": "#fff1d6",
    "blue": "#1f5fa8",
    "amber": "#b26a00",
    "green": "#2e7d4f",
    "purple": "#6a4c93",
    "teal": "#00788a",
    "red": "#c42b24",
    "brown": "#7a5c3e",
    "grey": "#66727e",
    "wire": "#b39a7c",
}
"""Names of colours for light grounds and paper."""
DARK = {
    "ink": "#e6ebf0",
    "soft": "#adb8c3",
    "paper": "#12171d",
    "card": "#1b222b",
    "rule": "#323c47",
    "accent": "#8ec1f5",
    "land": "#202933",
    "border": "#53606d",
    "edge": "#8593a1",
    "bad": "#ff9aa0",
    "est": "#ffd48a",
    "est-bg": "#3b2d10",
    "blue": "#6fb1f2",
    "amber": "#e5a84b",
    "green": "#6cc08b",
    "purple": "#b79be0",
    "teal": "#4fc3d0",
    "red": "#ff7a70",
    "brown": "#c5a583",
    "grey": "#9aa7b4",
    "wire": "#776650",
}
"""The same names for dark grounds."""
SERIES = ("blue", "amber", "green", "purple", "teal", "brown", "grey")
"""Colours in the order in which series take them; red is kept for what is late or missing."""


def colour_of(position: int) -> str:
    """Colour of a series; the script swaps the name for the theme's value."""
    return f"@{SERIES[position % len(SERIES)]}"


def palette_style() -> str:
    """Custom properties of the style sheet: as the reader's system says, or as switched, and light
    on paper."""
    dark = _properties(DARK)
    return (
        f":root{{color-scheme:light;{_properties(LIGHT)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]):not(.paper)"
        f"{{color-scheme:dark;{dark}}}}}\n"
        f":root[data-theme=dark]:not(.paper){{color-scheme:dark;{dark}}}\n"
    )


def _properties(colours: dict[str, str]) -> str:
    """Colours as custom properties."""
    return "".join(f"--{name}:{value};" for name, value in colours.items())
