"""A client of a language server: opens a text, and asks what an editor asks."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Server:
    """A running server that speaks over its streams."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._count = 0

    def ask(self, method: str, **params: Any) -> Any:
        """The answer to a request; what the server asks meanwhile is answered with nothing."""
        self._count += 1
        number = self._count
        self._send(id=number, method=method, params=params)
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                return message.get("result")
            self._answer(message)

    def tell(self, method: str, **params: Any) -> None:
        """A notification."""
        self._send(method=method, params=params)

    def opened(self, path: Path, text: str) -> tuple[dict[str, str], list[str]]:
        """The document that a text becomes, and what the server finds wrong with it, with lines."""
        document = {"uri": path.as_uri()}
        whole = {**document, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=whole)
        while True:
            message = self._read()
            params = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and (
                params["uri"] == document["uri"]
            ):
                found = params["diagnostics"]
                lines = [f"{d['range']['start']['line'] + 1}: {d['message']}" for d in found]
                return document, lines
            self._answer(message)

    def _answer(self, message: dict[str, Any]) -> None:
        """Nothing, to what the server asks."""
        if "id" in message and "method" in message:
            items = message.get("params", {}).get("items", [])
            self._send(id=message["id"], result=[None] * len(items) or None)

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


@contextmanager
def language_server(program: Path) -> Iterator[Server]:
    """A YAML language server that finds the schema of a text by its first line."""
    command = ["node", str(program), "--stdio"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
        server = Server(process)
        server.ask("initialize", processId=None, rootUri=None, capabilities={})
        server.tell("initialized")
        try:
            yield server
        finally:
            process.kill()
