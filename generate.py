#!/usr/bin/env python3
"""Builds the dossier: the one command for editors. See README.md.

Needs nothing but Python itself. Where the project's environment is missing, this prepares it once
(`.venv` with the locked packages, and the system's text libraries), says what it does, and then runs
the real program, the package `dossier`, in it. Prepared, it goes straight there.
"""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "prepared"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST_PYTHON = (3, 11)
MACHINE_LACKS = 3

LIBRARIES = {
    "Linux": (
        "libpango-1.0.so.0",
        "libpangoft2-1.0.so.0",
        "libharfbuzz.so.0",
        "libharfbuzz-subset.so.0",
        "libfontconfig.so.1",
    ),
    "Darwin": (
        "libpango-1.0.dylib",
        "libpangoft2-1.0.dylib",
        "libharfbuzz.dylib",
        "libharfbuzz-subset.dylib",
        "libfontconfig.dylib",
    ),
}
"""What the typesetter loads from the system, by platform."""

MANAGERS = (
    ("apt-get", "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"),
    ("dnf", "dnf install -y pango harfbuzz"),
    ("apk", "apk add pango harfbuzz harfbuzz-subset fontconfig"),
    ("pacman", "pacman -S --needed --noconfirm pango harfbuzz"),
    ("zypper", "zypper install -y libpango-1_0-0 libharfbuzz-subset0"),
    ("brew", "brew install pango harfbuzz"),
)
"""Package managers, and the command of each that installs the libraries."""

HOMEBREW = ("/opt/homebrew/lib", "/usr/local/lib")


def say(text: str) -> None:
    """Tell the editor what is going on."""
    print(f"generate.py: {text}", file=sys.stderr, flush=True)


def give_up(text: str) -> None:
    """Say what the machine lacks and stop."""
    say(text)
    raise SystemExit(MACHINE_LACKS)


def prepared_for() -> str:
    """Return what the environment was, or has to be, prepared for: the lock and the Python."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{lock} {sys.executable} {platform.python_version()}\n"


def is_prepared() -> bool:
    """Tell whether the environment can be used as it is."""
    try:
        return STAMP.read_text(encoding="utf-8") == prepared_for() and PYTHON.exists()
    except OSError:
        return False


def prepare() -> None:
    """Make the environment: the system's libraries and the locked packages."""
    say("preparing this machine, once; it takes a minute or two.")
    install_libraries()
    install_packages()
    STAMP.write_text(prepared_for(), encoding="utf-8")
    say("ready.")


def install_packages() -> None:
    """Make `.venv` and install the locked packages into it."""
    say("making .venv and installing the locked Python packages into it")
    made = run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if made.returncode:
        remedy = "Check that you may write in this folder."
        if "ensurepip" in made.stdout:
            remedy = f"Install it first: {as_root('apt-get install -y python3-venv')}"
        give_up(f"Python cannot make a virtual environment.\n{last_lines(made)}\n{remedy}")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    done = run([*pip, "--require-hashes", "--only-binary", ":all:", "--no-binary", "pylatexenc",
                "-r", str(LOCK)])  # fmt: skip
    if done.returncode:
        give_up(
            f"the Python packages could not be installed.\n{last_lines(done)}\n"
            "Check the connection to the network, then run the same command again."
        )


def install_libraries() -> None:
    """Install the system's text libraries where they are missing and it is allowed to."""
    missing = missing_libraries()
    if not missing:
        return
    command = next((words for name, words in MANAGERS if shutil.which(name)), None)
    if command is None:
        give_up(
            f"the text libraries {', '.join(missing)} are missing. Install Pango and HarfBuzz "
            "(with its subset library) with your system's package manager, then run this again."
        )
        return
    manager = command.split()[0]
    alone = manager == "brew" or is_root()
    if not alone and not may_sudo():
        give_up(
            f"the text libraries {', '.join(missing)} are missing. Run this command, then "
            f"generate.py again:\n    {as_root(command)}"
        )
    words = command.split() if alone else ["sudo", "-n", *command.split()]
    say(f"installing the system's text libraries: {' '.join(words)}")
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    if manager == "apt-get":
        run([*words[: words.index("install")], "update"])
    done = run(words)
    left = missing_libraries()
    if done.returncode or left:
        give_up(
            f"the text libraries could not be installed.\n{last_lines(done)}\n"
            f"Run this command, then generate.py again:\n    {as_root(command)}"
        )


def missing_libraries() -> list[str]:
    """Return which of the libraries cannot be loaded."""
    missing = []
    for name in LIBRARIES.get(platform.system(), ()):
        folders = ["", *HOMEBREW] if platform.system() == "Darwin" else [""]
        for folder in folders:
            try:
                ctypes.CDLL(os.path.join(folder, name))  # noqa: PTH118
                break
            except OSError:
                continue
        else:
            missing.append(name)
    return missing


def is_root() -> bool:
    """Tell whether this process may install system packages itself."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def may_sudo() -> bool:
    """Tell whether sudo works without asking for a password."""
    return bool(shutil.which("sudo")) and run(["sudo", "-n", "true"]).returncode == 0


def as_root(command: str) -> str:
    """Return a command as its reader has to type it."""
    return command if is_root() or command.startswith("brew") else f"sudo {command}"


def run(words: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command quietly; its output is kept for the case that it fails."""
    try:
        return subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", check=False,
        )  # fmt: skip
    except OSError as error:
        return subprocess.CompletedProcess(words, 127, f"{words[0]}: {error.strerror}")


def last_lines(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the end of what a command said, indented."""
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-6:])


def main() -> None:
    """Prepare where needed, then become the real program."""
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        give_up(
            f"this needs Python {oldest} or newer; this is {platform.python_version()}. "
            f"Install a newer one and run: python{oldest} generate.py"
        )
    try:
        if not is_prepared():
            prepare()
        environment = dict(os.environ)
        path = [str(ROOT), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(part for part in path if part)
        if platform.system() == "Darwin":
            given = environment.get("DYLD_FALLBACK_LIBRARY_PATH")
            environment["DYLD_FALLBACK_LIBRARY_PATH"] = ":".join([*HOMEBREW, given or "/usr/lib"])
        words = [str(PYTHON), "-m", "dossier", *sys.argv[1:]]
        if os.name == "nt":
            raise SystemExit(subprocess.call(words, env=environment))
        os.execve(words[0], words, environment)
    except KeyboardInterrupt:
        say("stopped.")
        raise SystemExit(130) from None
    except OSError as error:
        give_up(
            f"“{error.filename}” cannot be used: {error.strerror}. Check that you may write there."
        )


if __name__ == "__main__":
    main()
