"""The commands that the documents name do what these say."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from dossier.cli.main import main

DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))


def commands(document: Path) -> list[str]:
    """Return the commands that stand in a document's code blocks."""
    # A fence that closes a block of another kind opens none.
    every = re.findall(r"^```(\w*)\n(.*?)^```$", document.read_text(encoding="utf-8"), re.M | re.S)
    blocks = [text for kind, text in every if not kind]
    return [
        line.removeprefix("python3 generate.py").strip()
        for block in blocks
        for line in block.splitlines()
        if line.startswith("python3 generate.py")
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_the_commands_of_a_page_work_as_they_stand(
    document: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "corpus", "corpus")
    # What a page tells to write into dossier.yaml is written there.
    blocks = re.findall(
        r"^```yaml\n((?:design|outputs|packets|sections):.*?)^```",
        document.read_text("utf-8"),
        re.M | re.S,
    )
    settings = Path("corpus/dossier.yaml")
    written = settings.read_text("utf-8")
    for language in re.findall(
        r"^```yaml\n(language: .*?)^```", document.read_text("utf-8"), re.M | re.S
    ):
        written = re.sub(r"^language: .*\n", language, written, flags=re.M)
        assert language in written
    settings.write_text("".join([written, *blocks]), encoding="utf-8")
    # So is a file of the corpus whose name stands in the first line of its block.
    for name, text in re.findall(
        r"^```\w+\n# (corpus/\S+)\n(.*?)^```", document.read_text("utf-8"), re.M | re.S
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    for command in commands(document):
        assert main(shlex.split(command, comments=True)) == 0, (command, capsys.readouterr().err)
