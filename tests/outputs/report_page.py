"""A written page, taken apart: tags, scripts, text and tables."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """Tags, attributes, scripts, visible text, and rows of tables by id, headings first."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] | None = None
        self._in_row = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attrs).get("id") or "", [])
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
            self._in_row = True
        elif tag in ("th", "td") and self._rows:
            self._rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        elif self.cdata_elem is None:
            self.text.append(data)
            if self._rows and self._rows[-1] and self._in_row:
                self._rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self._rows:
            self._in_row = False
        elif tag == "table":
            self._rows = None
