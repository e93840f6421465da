"""The command as an editor meets it: what it prints, how it exits, what it leaves."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Edition, earlier_build, still_there

from dossier.cli.main import main

PAGES_LINE = re.compile(
    r"Wrote (\S+): (\d+) pages?, (\d+) letters?, \d+\.\d s \(beside it \S+\.html, \S+\.json and \S+\.sha256\)"
)


def run(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dossier", *arguments],
        cwd=cwd or ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_build_in_a_pipe_says_what_it_wrote_and_kept(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder = corpus()
    done = run("--corpus", str(folder), "--output", str(tmp_path / "out/x.pdf"))
    assert (done.returncode, done.stderr) == (0, "")
    line, about_cache = done.stdout.splitlines()
    match = PAGES_LINE.fullmatch(line)
    assert match
    assert about_cache == (
        f"Typeset letters are kept for the next build in {tmp_path}/out/.cache; "
        f"to empty it: generate.py clean --output {tmp_path}/out/x.pdf"
    )
    assert match[3] == "1"
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [".cache", "x.html", "x.json", "x.pdf", "x.sha256"]
    assert json.loads((tmp_path / "out/x.json").read_text("utf-8"))["pages"] == int(match[2])


def test_a_faulty_corpus_leaves_what_was_built_before(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    output = tmp_path / "x.pdf"
    before = earlier_build(output)
    folder = corpus(**{"dossier.yaml": "titel: X\n"})
    done = run("build", "--corpus", str(folder), "--output", str(output))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[0].endswith("Did you mean “title”?")
    assert done.stderr.splitlines()[-1] == "1 error; nothing was written."
    assert still_there(before)


@pytest.mark.parametrize(
    "arguments",
    [["biuld"], ["build", "--paper", "A4"], ["--jobs", "0"], ["--output", "x.txt"],
     ["check", "--format", "xml"]],
)  # fmt: skip
def test_a_wrong_command_line_exits_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_says_so(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code = main(
        ["--corpus", str(corpus()), "--output", str(tmp_path / "file/x.pdf"), "--jobs", "1"]
    )
    error = capsys.readouterr().err
    assert code == 3
    assert "cannot be written" in error
    assert "--output" in error


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_same_bytes_on_another_day_zone_seed_and_locale(
    paper: str, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    """A second machine is a process with another clock, zone, hash seed, locale and folder."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other/sitecustomize.py").write_text(
        "import time\nreal = time.time\ntime.time = lambda: real() + 86_400 * 400\n",
        encoding="utf-8",
    )
    folder = corpus(
        **{
            "dossier.yaml": f"title: Test\npaper: {paper}\nlanguage: en\n",
            "letters/two.md": "---\ntitle: Two\ndate: 2012\nto: X\nsignatories: [Aσ, 자유, Łódź]\n---\n*Hello*.\n",
        }
    )
    digests = []
    for number, environment in enumerate(
        (
            {"TZ": "UTC", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"},
            {
                "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "4242", "LC_ALL": "C", "LANG": "ko_KR.UTF-8",
                "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path / 'other'}",
            },
        )
    ):  # fmt: skip
        output = tmp_path / f"build{number}/dossier.pdf"
        done = run("--corpus", str(folder), "--output", str(output), **environment)
        assert done.returncode == 0, done.stderr
        digests.append(
            [output.with_suffix(suffix).read_bytes() for suffix in (".pdf", ".html", ".json")]
        )
    assert digests[0] == digests[1]


def test_generate_needs_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "generate.py").read_text(encoding="utf-8"))
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (
            node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")]
        )
    }
    assert names <= sys.stdlib_module_names


def test_every_dependency_is_locked_with_a_checksum() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        assert "==" in entry.splitlines()[0]
        assert "--hash=sha256:" in entry
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name in re.findall(r'^    "([a-z0-9.-]+)[>=]', project, re.MULTILINE):
        assert re.search(rf"^{re.escape(name)}==", lock, re.MULTILINE), name


def test_the_readme_has_every_option_of_every_command_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    described: dict[str, set[str]] = {}
    for options, commands in re.findall(r"^\| (`--.*?) \| ([a-z, ]+) \|", readme, re.MULTILINE):
        for command in commands.split(", "):
            described.setdefault(command, set()).update(re.findall(r"--[a-z-]+", options))
    commands = re.findall(r"^\| `([a-z]+)[^|]*\| ", readme.split("## The command")[1], re.MULTILINE)
    known = re.findall(r"^    ([a-z]+) ", run("--help").stdout, re.MULTILINE)
    assert known == commands
    for command in commands:
        said = run(command, "--help").stdout
        parsed = set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", said, re.MULTILINE)) - {"--help"}
        assert parsed == described.get(command, set()), command


def test_the_help_without_a_command_has_the_options_of_build() -> None:
    def options(text: str) -> list[str]:
        return re.findall(r"^  (--[a-z-]+(?: [A-Z][\w.]*)?)", text, re.MULTILINE)

    shown = run("--help").stdout.split("options of build, and without a command:")[1]
    assert options(shown) == options(run("build", "--help").stdout)
    assert "--corpus DIR" in options(shown)
    assert "--output FILE.pdf" in options(shown)
    assert run("-h").stdout == run("--help").stdout


def test_schemas_for_the_editors_editor(tmp_path: Path) -> None:
    assert main(["schema", "--output", str(tmp_path / "schema")]) == 0
    names = sorted(path.name for path in (tmp_path / "schema").iterdir())
    assert names == [
        f"{name}.schema.json" for name in ("dossier", "letter", "names", "profile", "reports")
    ]
    reports = json.loads((tmp_path / "schema/reports.schema.json").read_text("utf-8"))
    assert "publisher-place" in json.dumps(reports)


def test_the_schemas_accept_the_projects_own_corpus(tmp_path: Path) -> None:
    import jsonschema
    import yaml

    main(["schema", "--output", str(tmp_path)])
    front = (
        (ROOT / "corpus/letters/2012-01-08-supreme-commander.md").read_text("utf-8").split("---")[1]
    )
    texts = {"letter": front} | {
        name: (ROOT / f"corpus/{name}.yaml").read_text("utf-8")
        for name in ("dossier", "names", "reports")
    }
    for name, text in texts.items():
        schema = json.loads((tmp_path / f"{name}.schema.json").read_text("utf-8"))
        data = yaml.load(text, Loader=yaml.BaseLoader)
        jsonschema.validate(data, schema)


def test_the_screen_edition_stands_alone_and_is_complete(real: Edition) -> None:
    script = (ROOT / "templates/scripts/screen.js").read_text("utf-8")
    assert real.html.count(f"<script>{script}</script>") == 1
    page = real.html.replace(f"<script>{script}</script>", "")
    assert not re.search(r"<(script|link|img|iframe)\b", page)
    assert not re.search(r"url\(|@import|src=", real.html)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', page):
        assert target in ids, target
    assert '<meta name="viewport"' in real.html
    for entry in real.json["index"]:
        assert f'id="entry-{entry["id"]}"' in real.html
    assert "NO FENCE &lt;Association" in real.html


def test_the_corpus_is_never_read_as_html_or_template(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    nasty = "<script>alert(1)</script> {{ 7 * 7 }} {% include 'x' %}"
    letter = f'---\ntitle: "{nasty}"\ndate: 2012\nto: "{nasty}"\nsignatories: ["{nasty}"]\n---\n{nasty}\n'
    output = tmp_path / "x.pdf"
    folder = corpus(**{"letters/one.md": letter})
    assert main(["--corpus", str(folder), "--output", str(output), "--jobs", "1"]) == 0
    page = output.with_suffix(".html").read_text(encoding="utf-8")
    script = (ROOT / "templates/scripts/screen.js").read_text("utf-8")
    page = page.replace(f"<script>{script}</script>", "")
    assert "<script" not in page
    assert "49" not in re.sub(r"[0-9a-f]{64}", "", page.split("<main>")[1].split("Colophon")[0])
    assert "{{ 7 * 7 }}" in page
