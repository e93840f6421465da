"""The tree is the pipeline: which room may import which, as pyproject.toml has it."""

from __future__ import annotations

import pytest
from conftest import ROOT
from importlinter.cli import lint_imports

from dossier.records.outputs import KINDS


def test_the_rooms_keep_their_contracts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    # It would disable every logger of this process, also those that later tests listen to.
    monkeypatch.setattr("importlinter.cli.logging_config.dictConfig", lambda _: None)
    broken = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert broken == 0, capsys.readouterr().out


def test_makers_and_provers_stand_in_rooms_of_their_own() -> None:
    # They are named, not imported, so the contracts do not see them.
    for name, kind in KINDS.items():
        assert kind.maker.split(".")[0] in {"outputs", "render", "bind"}, name
        assert kind.prover.split(".")[0] == "proof", name
        for module in (kind.maker, kind.prover):
            assert (ROOT / "dossier" / f"{module.replace('.', '/')}.py").is_file(), name
