"""The one command in a checkout of its own, with a program that is quickly installed in place of the real one."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a shell")

PROGRAM = """
import pathlib, sys, time
import stand_in.part
print("running", *sys.argv[1:], flush=True)
if sys.argv[1:] == ["wait"]:
    limit = time.monotonic() + 60
    while not pathlib.Path("go").exists() and time.monotonic() < limit:
        time.sleep(0.01)
    import stand_in.late
    print("to the end")
"""


def write_checkout(folder: Path) -> Path:
    """Write a checkout whose lock names one small package, which stands beside it."""
    (folder / "dossier").mkdir(parents=True)
    (folder / "dossier/__main__.py").write_text(PROGRAM, encoding="utf-8")
    shutil.copy(ROOT / "generate.py", folder)
    write_package(folder, "1.0")
    return folder


def write_package(folder: Path, version: str) -> None:
    """Write a package of two modules and a script, and the lock that names it."""
    (folder / "wheels").mkdir(exist_ok=True)
    wheel = folder / f"wheels/stand_in-{version}-py3-none-any.whl"
    about = f"stand_in-{version}.dist-info"
    files = {
        "stand_in/__init__.py": "def main():\n    print('a script runs')\n",
        "stand_in/part.py": "",
        "stand_in/late.py": "",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: stand-in\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": "[console_scripts]\nstand-in = stand_in:main\n",
    }
    files[f"{about}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "requirements.lock").write_text(
        f"stand-in=={version} --hash=sha256:{digest}\n", encoding="utf-8"
    )


def start(
    folder: Path, *arguments: str, python: str = sys.executable, shell: str = ""
) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (folder / "wheels").as_uri()}
    command = [python, "generate.py", *arguments]
    if shell:
        command = ["sh", "-c", f'exec "$0" "$@" {shell}', *command]
    return subprocess.Popen(
        command, cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def run(folder: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    process = start(folder, *arguments, **more)
    said, told = process.communicate(timeout=120)
    return process.returncode, said, told


def wait_for(holds: Callable[[], object]) -> None:
    limit = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.01)


def look(folder: Path) -> ModuleType:
    """Return the command of a checkout as a module."""
    spec = importlib.util.spec_from_file_location("generate_there", folder / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def packages(folder: Path) -> Path:
    return next((folder / ".venv/lib").glob("python*/site-packages"))


PREPARED = """\
generate.py: preparing this machine, once; it takes a minute or two.
generate.py: making .venv and installing the locked Python packages into it
generate.py: ready.
"""
ANEW = "generate.py: preparing .venv anew: packages in it are missing, or are those of another version.\n"
BUSY = "generate.py: .venv has to be prepared; waiting for the runs that use it to end.\n"
WAITS = "generate.py: waiting for another run to prepare .venv.\n"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, str, str]]]:
    """A checkout, and what two runs said that were started in it at the same time."""
    folder = write_checkout(tmp_path_factory.mktemp("first") / "checkout")
    both = [start(folder, "one"), start(folder, "two")]
    said = [process.communicate(timeout=120) for process in both]
    return folder, [(process.returncode, *words) for process, words in zip(both, said, strict=True)]


@pytest.fixture
def checkout(first: tuple[Path, object], tmp_path: Path) -> Iterator[Path]:
    """A prepared checkout to do damage to: a copy, so that it was moved and still is as good."""
    folder = tmp_path / "an other place"
    left = shutil.ignore_patterns("__pycache__")
    shutil.copytree(first[0], folder, symlinks=True, ignore=left)
    yield folder


def test_two_that_begin_together_prepare_once(
    first: tuple[Path, list[tuple[int, str, str]]],
) -> None:
    folder, done = first
    assert [(status, said) for status, said, _ in done] == [
        (0, "running one\n"),
        (0, "running two\n"),
    ]
    told = "".join(told for _, _, told in done)
    assert told.replace(BUSY, "").replace(WAITS, "") == PREPARED
    assert run(folder, "three") == (0, "running three\n", "")


def test_another_python_uses_what_is_there(first: tuple[Path, object], tmp_path: Path) -> None:
    folder = first[0]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "p"], check=True)
    before = (folder / ".venv/prepared").read_text()
    python = str(tmp_path / "p/bin/python")
    assert run(folder, "x", python=python) == (0, "running x\n", "")
    assert (folder / ".venv/prepared").read_text() == before


def test_a_checkout_that_was_moved_works_with_all_its_scripts(checkout: Path) -> None:
    assert run(checkout, "x") == (0, "running x\n", "")
    for name in ("stand-in", "pip"):
        script = (checkout / ".venv/bin" / name).read_text()
        assert str(checkout / ".venv/bin/python") in script.split("import")[0]
    done = subprocess.run([checkout / ".venv/bin/stand-in"], capture_output=True, text=True)
    assert done.stdout == "a script runs\n"
    shown = "VIRTUAL_ENV= ; . .venv/bin/activate && command -v stand-in"
    done = subprocess.run(["sh", "-c", shown], cwd=checkout, capture_output=True, text=True)
    assert done.stdout == f"{checkout}/.venv/bin/stand-in\n"
    assert look(checkout).condition() == "ready"
    # And once more, from one place with a space in its name to another.
    again = checkout.rename(checkout.parent / "a third")
    assert look(again).condition() == "moved"
    assert run(again, "x") == (0, "running x\n", "")
    done = subprocess.run([again / ".venv/bin/stand-in"], capture_output=True, text=True)
    assert done.stdout == "a script runs\n"


@pytest.mark.parametrize(
    "gone",
    ["lib/python*/site-packages/stand_in", "lib/python*/site-packages/stand_in/part.py",
     "lib/python*/site-packages/stand_in-1.0.dist-info", "lib", "bin/python", "pyvenv.cfg", "prepared",
     "prepared-files"],
)  # fmt: skip
def test_what_is_deleted_is_noticed(checkout: Path, gone: str) -> None:
    module = look(checkout)
    module.move_in()
    assert module.condition() == "ready"
    (path,) = (checkout / ".venv").glob(gone)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    if gone == "prepared-files":
        assert module.condition() == "ready"  # it is needed only where something else has changed
        (packages(checkout) / "new").mkdir()
    assert module.condition() == "unfit"


@pytest.mark.slow
def test_a_deleted_package_is_repaired(checkout: Path) -> None:
    shutil.rmtree(packages(checkout) / "stand_in")
    status, said, told = run(checkout, "x")
    assert (status, said) == (0, "running x\n"), told
    assert told.startswith(ANEW)
    assert run(checkout, "x") == (0, "running x\n", "")


def test_what_comes_is_no_damage_and_is_looked_at_once(checkout: Path) -> None:
    module = look(checkout)
    module.move_in()
    (packages(checkout) / "a_font").mkdir()
    (packages(checkout) / "a_font/__init__.py").touch()
    (packages(checkout) / "stand_in/__pycache__").mkdir()
    before = module.STAMP.read_text()
    assert module.condition() == "ready"
    assert module.STAMP.read_text() != before
    (packages(checkout) / "stand_in/part.py").write_text("cut")
    module.is_whole = None  # it is not asked again where nothing has changed
    assert module.condition() == "ready"


def test_a_look_costs_next_to_nothing(checkout: Path) -> None:
    module = look(checkout)
    for number in range(700):  # as many folders as the real one has
        (packages(checkout) / f"p{number}").mkdir()
    module.move_in()
    times = []
    for _ in range(20):
        begin = time.perf_counter()
        assert module.condition() == "ready"
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.010


@pytest.mark.slow
def test_nobody_takes_the_environment_from_a_running_build(checkout: Path) -> None:
    assert run(checkout, "x")[0] == 0
    running = start(checkout, "wait")
    assert running.stdout is not None
    assert running.stdout.readline() == "running wait\n"
    write_package(checkout, "2.0")
    other = start(checkout, "other")
    assert other.stderr is not None
    assert other.stderr.readline() == BUSY
    assert (packages(checkout) / "stand_in/late.py").is_file()
    assert other.poll() is None
    (checkout / "go").touch()
    assert running.communicate(timeout=60) == ("to the end\n", "")
    assert running.returncode == 0
    said, told = other.communicate(timeout=120)
    assert (other.returncode, said) == (0, "running other\n"), told
    assert told.startswith(ANEW)
    assert (packages(checkout) / "stand_in-2.0.dist-info").is_dir()


def test_an_environment_whose_python_does_not_run_is_made_anew(checkout: Path) -> None:
    module = look(checkout)
    module.move_in()
    python = checkout / ".venv/bin/python"
    python.unlink()
    python.write_text("#!/bin/sh\nexit 127\n")
    python.chmod(0o755)
    assert module.condition() == "unfit"
    python.unlink()
    python.symlink_to(checkout / "gone")
    assert module.condition() == "unfit"


@pytest.mark.parametrize(
    ("kind", "words"),
    [("file", "a file and no folder"), ("link", "a link that leads to no folder")],
)
def test_what_stands_in_its_place_is_said_and_stays(kind: str, words: str, tmp_path: Path) -> None:
    folder = write_checkout(tmp_path / "checkout")
    if kind == "file":
        (folder / ".venv").write_text("mine")
    else:
        (folder / ".venv").symlink_to(tmp_path / "nowhere/else")
    status, said, told = run(folder)
    assert (status, said) == (3, "")
    assert told == (
        f"generate.py: “{folder / '.venv'}” is {words}. Move it away, then run the same command again.\n"
    )
    assert (folder / ".venv").is_symlink() or (folder / ".venv").read_text() == "mine"


SILENT = ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"] + ["2>/dev/full"] * Path("/dev/full").exists()


@pytest.mark.parametrize("shell", SILENT)
def test_without_a_place_for_words_the_status_says_it(shell: str, tmp_path: Path) -> None:
    folder = write_checkout(tmp_path / "checkout")
    (folder / ".venv").write_text("mine")
    assert run(folder, shell=shell) == (3, "", "")


def test_what_is_printed_into_a_closed_stream_lands_in_no_file(checkout: Path) -> None:
    assert run(checkout, "x", shell=">&-") == (0, "", "")
    assert run(checkout, "x", shell="<&- >&- 2>&-") == (0, "", "")
    assert (checkout / ".venv.lock").read_text() == ""


def test_few_file_descriptors_are_said(checkout: Path) -> None:
    look(checkout).move_in()
    said = []
    # Whoever runs the tests may have the real program on the path, which the stand-in hides.
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    for limit in range(3, 10):
        done = subprocess.run(
            ["sh", "-c", f'ulimit -n {limit}; exec "$0" generate.py x', sys.executable],
            cwd=checkout, env=clean, capture_output=True, text=True,
        )  # fmt: skip
        if "site module" not in done.stderr and done.returncode != 127:  # Python itself has begun
            said.append((done.returncode, done.stdout, done.stderr))
    words = (
        "generate.py: it may not open enough files. Allow more, for example with: ulimit -n 1024\n"
    )
    assert said[0] == (3, "", words)
    assert said[-1] == (0, "running x\n", "")
    assert set(said) == {said[0], said[-1]}


OLD = """
import sys
sys.version_info = (3, 6, 9, "final", 0)
sys.argv = ["generate.py"]
import runpy
runpy.run_path("generate.py", run_name="__main__")
"""


def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    folder = write_checkout(tmp_path / "checkout")
    done = subprocess.run([sys.executable, "-c", OLD], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 3
    assert re.fullmatch(
        r"generate\.py: this needs Python 3\.11 or newer; this is [\d.]+\. Install a newer one and run: "
        r"python3\.11 generate\.py\n",
        done.stderr,
    )


def test_an_old_python_can_read_it_up_to_there() -> None:
    """Its syntax is that of 3.6, and no annotation is evaluated that has brackets or bars."""
    tree = ast.parse((ROOT / "generate.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            every = [*node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
            for one in (*(arg.annotation for arg in every if arg), node.returns):
                assert one is None or isinstance(one, ast.Name | ast.Constant), ast.unparse(node)
        assert not isinstance(node, ast.AnnAssign)
        assert not isinstance(node, ast.ImportFrom) or node.module != "__future__"
