"""What begins before all is known ends as it would otherwise: setting, and the proof of further outputs."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from conftest import command, default_style, write_files
from test_oracle import FILES

from dossier import outputs_table, stages
from dossier.cli.main import main
from dossier.outputs_table import OUTPUTS, Output
from dossier.records.galley import Galley
from dossier.typeset.workshop import EARLY, MANY, SMALL, Document, Workshop


class Noting(Executor):
    """Sets nothing, and notes when it gets a task."""

    def __init__(self, noted: list[str]) -> None:
        self._noted = noted

    def submit(self, task: Any, /, *args: Any, **more: Any) -> Future[Any]:
        self._noted.append("task")
        future: Future[Any] = Future()
        future.set_result([Galley(text.encode(), 1, {}, ()) for text in args[-1]])
        return future


@pytest.mark.parametrize("count", [MANY - 1, 3 * MANY])
def test_workers_begin_with_many_letters_before_the_last_is_there(count: int) -> None:
    noted: list[str] = []
    each = 2 * SMALL // count

    def document(name: str) -> Document:
        def render() -> str:
            noted.append("letter")
            return name.ljust(each)

        return Document(render)

    shop = Workshop(2, executor=Noting(noted))
    shop.use(default_style(), count)
    names = [f"letter {number}" for number in range(count)]
    begun: list[int] = []
    galleys = shop.set_all(
        {name: document(name) for name in names},
        lambda name, kept: None,
        lambda keys: begun.append(len(keys)),
    )
    assert list(galleys) == names
    assert [galleys[name].pdf.decode().strip() for name in names] == names
    assert begun == [count]
    before = noted[: noted.index("task")].count("letter")
    assert before == count if count < MANY else EARLY <= before <= count // 2 + 1


LOADED = """
import sys
from dossier.typeset import workshop
started = []
sys.addaudithook(lambda event, given: started.append(event) if event == "subprocess.Popen" else None)
workshop.warm()
assert "weasyprint" in sys.modules
assert not started, started
from dossier.proof.allowed import drawn, graph
assert "pypdfium2" in sys.modules
assert not {"pydantic", "jinja2", "citeproc", "icu"} & sys.modules.keys()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Python has to look for libraries")
def test_a_worker_starts_no_other_program_and_loads_what_it_needs() -> None:
    subprocess.run([sys.executable, "-c", LOADED], check=True, timeout=60)


PAGES = re.compile(rb"(<p class=.printed-on.>[^<\d]*)\d+")


@pytest.mark.parametrize("wrong", [None, "pages", "printer"])
def test_an_output_is_proved_by_the_pages_that_the_proof_of_the_pdf_has_found(
    wrong: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_files(tmp_path / "corpus", FILES)
    true, given = OUTPUTS["html"], list[Any]()
    own = stages.anchors

    def make(bound: Any) -> bytes:
        made = true.make(bound)
        return PAGES.sub(rb"\g<1>99", made, count=1) if wrong == "printer" else made

    def prove(content: bytes, proved: Any) -> Any:
        given.append(proved)
        return true.prove(content, proved)

    def claimed(sections: Any) -> dict[str, int]:
        return {anchor: page + 1 for anchor, page in own(sections).items()}

    monkeypatch.setitem(outputs_table.OUTPUTS, "html", Output(make, prove))
    if wrong == "pages":
        monkeypatch.setattr(stages, "anchors", claimed)
    code = main(command(tmp_path / "corpus", tmp_path / "x.pdf"))
    said = capsys.readouterr().err
    assert code == (1 if wrong == "printer" else 0), said
    # With claims that do not hold it is proved once more, with what was found.
    assert [bool(one.pdf) for one in given] == [False, *([True] if wrong == "pages" else [])]
    if wrong == "printer":
        assert "x.html:" in said
