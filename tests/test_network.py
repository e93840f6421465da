"""Nothing is fetched from the network, by whoever's wish."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from conftest import default_style

from dossier.cli.main import main
from dossier.machine import processes
from dossier.records.diagnostics import StyleSheetError
from dossier.typeset.typesetter import Typesetter


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server at home, and what it has been asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    with processes.scratch():
        yield Typesetter(default_style())


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{}/a.png">',
        '<p style="background: url({}/b.png)">x</p>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{}/c.png" width="9" height="9"/></svg>',
        '<link rel="stylesheet" href="{}/d.css"><p>x</p>',
        '<link rel="attachment" href="{}/e.txt"><p>x</p>',
        '<object data="{}/f.svg"></object>',
        '<img src="file:///etc/hostname">',
    ],
)
def test_an_attempt_is_refused(
    markup: str, asked: tuple[str, list[str]], typesetter: Typesetter
) -> None:
    """No template has such markup; if one had, or a corpus could smuggle it in, nothing would come of it."""
    address, paths = asked
    with pytest.raises(StyleSheetError, match=r"127\.0\.0\.1|/etc/hostname"):
        typesetter.set(f"<html lang=en>{markup.format(address)}</html>")
    assert paths == []


def test_a_build_opens_no_connection(
    corpus: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a connection is opened")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    links = "<img src='http://example.org/a.png'> ![a](http://example.org/b.png) [c](http://example.org/c)"
    head = "title: One\ndate: 2012\nto: X\nsource: {url: 'http://example.org/d'}\n"
    reports = "references:\n- {id: w, type: book, title: W, URL: 'http://example.org/e'}\n"
    folder = corpus(
        **{"letters/one.md": f"---\n{head}---\n{links} [@w]\n", "reports.yaml": reports}
    )
    output = tmp_path / "x.pdf"
    arguments = ["--corpus", str(folder), "--output", str(output), "--jobs", "1", "--no-cache"]
    assert main(arguments) == 0
    assert main(["verify", str(output), "--corpus", str(folder)]) == 0
