"""Runs every command of the program. See README.md.

Needs only the Python standard library. Where the virtual environment is missing, this script makes it once
(`.venv` with the locked packages, and the system's text libraries) and says so. Then it runs the program,
the package `dossier`, in the environment.

The program runs in the environment's Python, not in the Python that runs this script. Any Python from 3.6
on must be able to parse the script, to report that it is too old: so annotations with brackets are quoted.
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
FILES_AT_START = 4
"""Files that Python opens at once when it starts; where it may not, it prints a long traceback."""
READY, MOVED, UNFIT = "ready", "moved", "unfit"
"""The states of an environment: complete, complete but moved to another folder, unusable."""

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
"""The system libraries that the typesetter loads, by platform."""

MANAGERS = (
    ("apt-get", "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"),
    ("dnf", "dnf install -y pango harfbuzz"),
    ("apk", "apk add pango harfbuzz harfbuzz-subset fontconfig"),
    ("pacman", "pacman -S --needed --noconfirm pango harfbuzz"),
    ("zypper", "zypper install -y libpango-1_0-0 libharfbuzz-subset0"),
    ("brew", "brew install pango harfbuzz"),
)
"""The package managers, each with the command that installs the libraries."""

HOMEBREW = ("/opt/homebrew/lib", "/usr/local/lib")


def say(text: str) -> None:
    """Print a message to standard error, if it can still be written."""
    if sys.stderr is None:
        return
    try:
        print(f"generate.py: {text}", file=sys.stderr, flush=True)
    except OSError:  # a full disk or a closed pipe: only the exit status is left
        sys.stderr = None


def give_up(text: str) -> None:
    """Print what the machine lacks and exit."""
    say(text)
    raise SystemExit(MACHINE_LACKS)


# --- the state of the environment ---


def condition() -> str:
    """Return whether the environment is READY, MOVED or UNFIT.

    This takes a few milliseconds: the modification times of the folders show whether a file was added or
    removed since the last run. Only then are all files checked.
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
        return UNFIT  # the stamp is missing or damaged


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def look(base: str) -> "list[list[object]]":
    """Return sizes and times by which a change of the environment's Python is noticed.

    ``base`` is the Python with which the environment was made. Raises OSError where a file is gone.
    """
    found = []
    for path in (os.path.realpath(str(PYTHON)), base, str(VENV / "pyvenv.cfg")):
        about = Path(path).stat()
        found.append([path, about.st_size, about.st_mtime_ns])
    return found


def version() -> "list[int]":
    """Return the version of the environment's Python; an empty list where it does not run."""
    done = run([str(PYTHON), "-I", "-c", "import sys; print(*sys.version_info[:3])"])
    return [int(part) for part in done.stdout.split()] if done.returncode == 0 else []


def changed_at(folder: str) -> int:
    """Return the modification time of a folder of the environment in nanoseconds; 0 where it is gone."""
    try:
        return os.stat(f"{VENV}/{folder}").st_mtime_ns  # noqa: PTH116 (a path object takes twice as long)
    except OSError:
        return 0


def walk() -> "tuple[list[str], dict[str, int]]":
    """Return the folders of the environment, and their files with the sizes in bytes.

    Compiled Python files are left out, and files at the top level, such as the stamp.
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
    """Tell whether every installed file is there with its size; further files do no harm."""
    files = walk()[1]
    own = f"{PYTHON.parent.name}/"  # links, and scripts that contain the environment's path
    return all(
        name in files and (name.startswith(own) or files[name] == size)
        for name, size in json.loads(LISTING.read_text(encoding="utf-8")).items()
    )


def write_stamp(note: "dict[str, object]") -> None:
    """Write the stamp by an atomic rename, since other runs may read it at the same time."""
    made = VENV / f"prepared-{os.getpid()}"
    try:
        made.write_text(json.dumps(note), encoding="utf-8")
        made.replace(STAMP)
    except OSError:  # then the next run checks all files again
        pass


# --- locking: no run changes the environment that another run uses ---


def open_lock() -> "int | None":
    """Open the lock file of the environment; return None where there can be none.

    The program that replaces this process inherits the descriptor, so it holds the lock until it exits.
    """
    if fcntl is None:
        return None
    path = os.path.realpath(str(VENV)) + ".lock"
    for mode in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
        try:
            handle = os.open(path, mode, 0o666)
        except PermissionError:  # another user's file, or a read-only folder
            continue
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                raise
            continue
        os.set_inheritable(handle, True)
        return handle
    return None


def hold(lock: "int | None", alone: bool) -> None:
    """Take the lock, exclusive where ``alone`` and shared otherwise; print a message before waiting."""
    if lock is None:
        return
    kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    try:
        # Two runs with a shared lock that both want an exclusive one would wait for each other.
        fcntl.flock(lock, fcntl.LOCK_UN)
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        say(
            ".venv has to be prepared; waiting for the runs that use it to end."
            if alone
            else "waiting for another run to prepare .venv."
        )
        fcntl.flock(lock, kind)
    except OSError:  # a file system without locks
        return


# --- preparing the environment ---


def prepare() -> None:
    """Install the system's libraries and make the environment."""
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
    """Write the list of files and the stamp, for :func:`condition`."""
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
"""The first lines of a script whose Python may have a long path with spaces; pip writes the same."""


def move_in() -> None:
    """Write the environment's new path into its scripts, after its folder was moved or copied."""
    note = json.loads(STAMP.read_text(encoding="utf-8"))
    old, new = os.fsencode(note["place"]), os.path.realpath(os.fsencode(str(VENV)))
    long = re.escape(SCRIPT).replace(rb"%s/bin/%s", re.escape(old) + rb"/bin/([\w.]+)")
    begin = re.compile(rb"(?:#!" + re.escape(old) + rb"/bin/([\w.]+)\n|" + long + rb")")
    # Python itself rewrites the scripts that activate the environment.
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
    # This script may be running in the environment that is cleared.
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
    """Install the system's text libraries where they are missing, if permitted."""
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
    """Return the names of the libraries that cannot be loaded."""
    import ctypes  # some builds of Python lack it, and only this function needs it

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
    """Tell whether this process runs as root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def may_sudo() -> bool:
    """Tell whether sudo works without a password."""
    return bool(shutil.which("sudo")) and run(["sudo", "-n", "true"]).returncode == 0


def as_root(command: str) -> str:
    """Return a command as the user has to type it."""
    return command if is_root() or command.startswith("brew") else f"sudo {command}"


def run(words: "list[str]") -> "subprocess.CompletedProcess[str]":
    """Run a command; its output is captured, to be shown if it fails."""
    try:
        return subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", check=False,
        )  # fmt: skip
    except OSError as error:
        return subprocess.CompletedProcess(words, 127, f"{words[0]}: {error.strerror}")


def last_lines(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the last lines of a command's output, indented."""
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-6:])


def main() -> None:
    """Prepare the environment where needed, then replace this process with the program."""
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
        for handle in [os.open(os.devnull, os.O_RDONLY) for _ in range(FILES_AT_START)]:
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
    """Open closed standard streams on the null device, or another file would get their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


if __name__ == "__main__":
    main()
