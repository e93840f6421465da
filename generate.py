"""Builds the dossier: the one command for editors. See README.md.

Needs nothing but Python itself. Where the project's environment is missing, this prepares it once
(`.venv` with the locked packages, and the system's text libraries), says what it does, and then runs
the real program, the package `dossier`, in it. Prepared, it goes straight there.

It is the environment's own Python that counts, not the one that runs this file. Any Python from 3.6 on has
to be able to read it, to say that it is too old: so annotations with brackets are in quotation marks.
"""

import errno
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "prepared"
LISTING = VENV / "prepared-files"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST_PYTHON = (3, 11)
MACHINE_LACKS = 3
FILES_TO_BEGIN = 4
"""How many files Python has open at once when it begins; where it may not, it would say so at length."""
READY, MOVED, UNFIT = "ready", "moved", "unfit"
"""What an environment can be: fit for use, fit but in another place than it was made in, unfit."""

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
    """Tell the editor what is going on, where words can still be written."""
    if sys.stderr is None:
        return
    try:
        print(f"generate.py: {text}", file=sys.stderr, flush=True)
    except OSError:  # a full disk, or nobody who reads: the exit status has to do
        sys.stderr = None


def give_up(text: str) -> None:
    """Say what the machine lacks and stop."""
    say(text)
    raise SystemExit(MACHINE_LACKS)


# --- whether the environment can be used ---


def condition() -> str:
    """Tell whether the environment is READY, MOVED or UNFIT.

    This costs some milliseconds: the times of the folders tell whether a file has come or gone since the
    last look. Only where one has are all files looked for.
    """
    try:
        note = json.loads(STAMP.read_text(encoding="utf-8"))
        if note["lock"] != checksum(LOCK):
            return UNFIT
        seen = look(note["base"])
        changed = seen != note["seen"]
        if changed and version()[:2] != note["version"][:2]:
            return UNFIT
        if any(changed_at(name) != time for name, time in note["folders"].items()):
            if not is_whole():
                return UNFIT
            changed = True
        if note["place"] != os.path.realpath(str(VENV)):
            return MOVED
        if changed:
            folders = {name: changed_at(name) for name in walk()[0]}
            write_stamp(dict(note, seen=seen, folders=folders))
        return READY
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return UNFIT  # the note is missing or is none


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def look(base: str) -> "list[list[object]]":
    """Return what shows that the environment's Python is still the same.

    ``base`` is the Python that it was made with. Raises OSError where a part of it is gone.
    """
    found = []
    for path in (os.path.realpath(str(PYTHON)), base, str(VENV / "pyvenv.cfg")):
        about = Path(path).stat()
        found.append([path, about.st_size, about.st_mtime_ns])
    return found


def version() -> "list[int]":
    """Return the version of the environment's Python; nothing where it does not run."""
    done = run([str(PYTHON), "-I", "-c", "import sys; print(*sys.version_info[:3])"])
    return [int(part) for part in done.stdout.split()] if done.returncode == 0 else []


def changed_at(folder: str) -> int:
    """Return when something last came into or went from a folder of the environment; 0 if it is gone."""
    try:
        return os.stat(f"{VENV}/{folder}").st_mtime_ns  # noqa: PTH116 (a path object takes twice as long)
    except OSError:
        return 0


def walk() -> "tuple[list[str], dict[str, int]]":
    """Return the folders in the environment, and the files in them with their sizes in bytes.

    Left out is what Python compiles by itself, and what stands beside the folders, such as the note.
    """
    folders = []
    files = {}
    for top in sorted(path for path in VENV.iterdir() if path.is_dir() and not path.is_symlink()):
        for folder, inside, names in os.walk(str(top)):
            inside[:] = sorted(name for name in inside if name != "__pycache__")
            near = Path(folder).relative_to(VENV).as_posix()
            folders.append(near)
            for name in sorted(names):
                files[f"{near}/{name}"] = os.lstat(f"{folder}/{name}").st_size
    return folders, files


def is_whole() -> bool:
    """Tell whether every file that was installed is there in its size; others may have come."""
    files = walk()[1]
    own = f"{PYTHON.parent.name}/"  # here are links, and scripts into which the place is written
    return all(
        name in files and (name.startswith(own) or files[name] == size)
        for name, size in json.loads(LISTING.read_text(encoding="utf-8")).items()
    )


def write_stamp(note: "dict[str, object]") -> None:
    """Write the note, whole at any moment for those who read it at the same time."""
    made = VENV / f"prepared-{os.getpid()}"
    try:
        made.write_text(json.dumps(note), encoding="utf-8")
        made.replace(STAMP)
    except OSError:  # then the next start looks at all files again
        pass


# --- locking: nobody takes the environment away from a running build ---


def open_lock() -> "int | None":
    """Open the file whose lock tells who uses the environment; return None where there can be none.

    The program that this process becomes inherits it, so that the lock lasts as long as that runs.
    """
    if fcntl is None:
        return None
    path = os.path.realpath(str(VENV)) + ".lock"
    for mode in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
        try:
            handle = os.open(path, mode, 0o666)
        except PermissionError:  # another user's, or a folder in which nobody can prepare anything
            continue
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                raise
            continue
        os.set_inheritable(handle, True)
        return handle
    return None


def hold(lock: "int | None", alone: bool) -> None:
    """Take the lock, ``alone`` or together with others, and say so where that has to wait."""
    if lock is None:
        return
    kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    try:
        # Two that hold it together and want it alone would wait for each other.
        fcntl.flock(lock, fcntl.LOCK_UN)
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        say(
            ".venv has to be prepared; waiting for the runs that use it to end."
            if alone
            else "waiting for another run to prepare .venv."
        )
        fcntl.flock(lock, kind)
    except OSError:  # a file system that has no locks
        return


# --- preparing it ---


def prepare() -> None:
    """Make the environment: the system's libraries and the locked packages."""
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        give_up(
            f"this needs Python {oldest} or newer; this is {platform.python_version()}. "
            f"Install a newer one and run: python{oldest} generate.py"
        )
    if not VENV.is_dir() and (VENV.is_symlink() or VENV.exists()):
        what = "a link that leads to no folder" if VENV.is_symlink() else "a file and no folder"
        give_up(f"“{VENV}” is {what}. Move it away, then run the same command again.")
    say(
        "preparing .venv anew: packages in it are missing, or are those of another version."
        if STAMP.exists()
        else "preparing this machine, once; it takes a minute or two."
    )
    install_libraries()
    install_packages()
    write_listing()
    say("ready.")


def write_listing() -> None:
    """Note down what has been made, for :func:`condition`."""
    base = run([str(PYTHON), "-I", "-c", "import sys; print(sys._base_executable)"]).stdout.strip()
    folders, files = walk()
    LISTING.write_text(json.dumps(files), encoding="utf-8")
    write_stamp(
        {
            "lock": checksum(LOCK),
            "place": os.path.realpath(str(VENV)),
            "version": version(),
            "base": base,
            "seen": look(base),
            "folders": {name: changed_at(name) for name in folders},
        }
    )


SCRIPT = rb"""#!/bin/sh
'''exec' "%s/bin/%s" "$0" "$@"
' '''
"""
"""How a script begins that runs in a Python of any path, however long and with spaces; pip's own way."""


def move_in() -> None:
    """Write the environment's present place into its scripts, after its folder was moved or copied."""
    note = json.loads(STAMP.read_text(encoding="utf-8"))
    old, new = os.fsencode(note["place"]), os.path.realpath(os.fsencode(str(VENV)))
    long = re.escape(SCRIPT).replace(rb"%s/bin/%s", re.escape(old) + rb"/bin/([\w.]+)")
    begin = re.compile(rb"(?:#!" + re.escape(old) + rb"/bin/([\w.]+)\n|" + long + rb")")
    # What activates the environment is written by Python itself.
    made = run([note["base"], "-m", "venv", "--without-pip", str(VENV)])
    if made.returncode:
        give_up(f".venv cannot be used where it is now. Remove it.\n{last_lines(made)}")
    for path in PYTHON.parent.iterdir():
        if path.is_symlink() or not path.is_file():
            continue
        text = path.read_bytes()
        match = begin.match(text)
        if match:
            path.write_bytes(SCRIPT % (new, match[1] or match[2]) + text[match.end() :])
    folders = {name: changed_at(name) for name in walk()[0]}
    write_stamp(dict(note, place=os.fsdecode(new), seen=look(note["base"]), folders=folders))


def install_packages() -> None:
    """Make `.venv` and install the locked packages into it."""
    say("making .venv and installing the locked Python packages into it")
    # The Python that runs this may be the one that is cleared away.
    base = getattr(sys, "_base_executable", sys.executable)
    made = run([base, "-m", "venv", "--clear", str(VENV)])
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


def missing_libraries() -> "list[str]":
    """Return which of the libraries cannot be loaded."""
    import ctypes  # some Pythons lack it, and it is needed here only

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


def run(words: "list[str]") -> "subprocess.CompletedProcess[str]":
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
    try:
        fill_standard_streams()
        lock = open_lock()
        hold(lock, alone=False)
        if condition() != READY:
            hold(lock, alone=True)
            found = condition()  # another run may have prepared it meanwhile
            if found == MOVED and os.name != "nt":
                move_in()
            elif found != READY:
                prepare()
            hold(lock, alone=False)
        environment = dict(os.environ)
        path = [str(ROOT), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(part for part in path if part)
        if platform.system() == "Darwin":
            given = environment.get("DYLD_FALLBACK_LIBRARY_PATH")
            environment["DYLD_FALLBACK_LIBRARY_PATH"] = ":".join([*HOMEBREW, given or "/usr/lib"])
        for handle in [os.open(os.devnull, os.O_RDONLY) for _ in range(FILES_TO_BEGIN)]:
            os.close(handle)
        words = [str(PYTHON), "-m", "dossier", *sys.argv[1:]]
        if os.name == "nt":
            raise SystemExit(subprocess.call(words, env=environment))
        os.execve(words[0], words, environment)
    except KeyboardInterrupt:
        say("stopped.")
        raise SystemExit(130) from None
    except MemoryError:
        give_up("there is not enough memory. Close other programs, or allow this one more.")
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            give_up("it may not open enough files. Allow more, for example with: ulimit -n 1024")
        if error.errno == errno.ENOMEM:
            give_up("there is not enough memory. Close other programs, or allow this one more.")
        named = f"“{error.filename}” cannot be used" if error.filename else "this cannot be done"
        give_up(f"{named}: {error.strerror}. Check that you may write there.")


def fill_standard_streams() -> None:
    """Give a closed standard stream an end that takes everything: else a file would get its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


if __name__ == "__main__":
    main()
