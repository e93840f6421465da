"""Parses the command line, runs the command, and reports errors.

The exit status is one of :class:`dossier.records.diagnostics.Status`.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from dossier import __version__
from dossier.cli import build, check, clean, packets, profiles, schema, test, verify
from dossier.cli.showing import program, show
from dossier.machine.shortage import lacking
from dossier.records.diagnostics import CorpusFaultError, RefusedError, Status, StopError, printable

COMMANDS = {
    "build": build,
    "check": check,
    "packets": packets,
    "profiles": profiles,
    "verify": verify,
    "schema": schema,
    "clean": clean,
}
"""The module of each command; ``test`` passes its arguments on to pytest."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line ``arguments``, by default the process's; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "build")
    options, rest = _parser().parse_known_args(given)
    if rest and options.command != "test":
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        if options.command == "test":
            return test.run(rest)
        status: int = COMMANDS[options.command].run(options)
        return status
    except CorpusFaultError as error:
        left = "nothing was written"
        if isinstance(error, RefusedError) and error.kept:
            names = " and ".join(map(str, error.kept))
            what = (
                "file that was refused is"
                if len(error.kept) == 1
                else "files that were refused are"
            )
            left = f"the {what} {names}, to look at"
        show(error.diagnostics, options, f"; {left}.")
        return error.status
    except StopError as error:
        print(f"dossier: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        kept = options.command == "build" and not options.no_cache
        print(
            "dossier: stopped. The files of the last build are as they were"
            f"{'; letters already set are kept for the next' if kept else ''}.",
            file=sys.stderr,
        )
        return Status.INTERRUPTED
    except Exception as error:
        if os.environ.get("DOSSIER_TRACEBACK"):
            raise
        if (lack := lacking(error)) is not None:
            print(f"dossier: {lack}", file=sys.stderr)
            return lack.status
        place = traceback.extract_tb(error.__traceback__)[-1]
        print(
            f"dossier: a bug in the program: {type(error).__name__}: {printable(str(error))} "
            f"({Path(place.filename).name}:{place.lineno}). What was built before is unchanged. Please "
            "report it with the corpus; DOSSIER_TRACEBACK=1 shows more.",
            file=sys.stderr,
        )
        return Status.OURS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program(),
        usage="%(prog)s [COMMAND] [options]",
        description="Turns a corpus of open letters into one printed, paginated dossier.",
        epilog="Without a command, the dossier is built; COMMAND --help shows the options of another. "
        "Typeset letters are kept for the next build in the folder .cache beside the PDF; “clean” "
        "empties it.",
    )
    parser.add_argument("--version", action="version", version=f"dossier {__version__}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, prog=parser.prog
    )
    build = commands.add_parser("build", help="build the dossier (the default), or packets of it")
    build.add_argument(
        "packets", nargs="*", metavar="NAME", default=[],
        help="a packet of dossier.yaml (default: dossier, which holds everything)",
    )  # fmt: skip
    # Without a command, main() inserts “build”; this group only lists its options in the help.
    shown = parser.add_argument_group("options of build, and without a command")
    check = commands.add_parser("check", help="list every fault of the corpus, build nothing")
    _add_options_of_check(check)
    packets = commands.add_parser("packets", help="list the packets and what each would hold")
    profiles = commands.add_parser(
        "profiles", help="list what kinds of receivers ask for, with dates and sources"
    )
    verify = commands.add_parser(
        "verify", help="read a finished PDF back and compare it with the corpus"
    )
    _add_options_of_verify(verify)
    for command in (build, shown, check, packets, profiles, verify):
        command.add_argument(
            "--corpus", type=Path, default=Path("corpus"), metavar="DIR",
            help="the folder of the corpus (default: %(default)s)",
        )  # fmt: skip
    for command in (build, shown, check):
        command.add_argument("--strict", action="store_true", help="count a warning as a fault")
    for command in (build, shown):
        _add_options_of_build(command)
    for command in (check, verify):
        command.add_argument(
            "--format", choices=("text", "json"), default="text", help="the findings' form"
        )
    profiles.add_argument(
        "--format", choices=("text", "json"), default="text", help="the list's form"
    )
    schema = commands.add_parser("schema", help="write JSON Schemas for completion in an editor")
    schema.add_argument(
        "--output", type=Path, default=Path("build/schema"), metavar="DIR",
        help="the folder to write to (default: %(default)s)",
    )  # fmt: skip
    clean = commands.add_parser(
        "clean", help="empty the cache beside the PDF, which may grow large"
    )
    clean.add_argument(
        "--output", type=_pdf, default=Path("build/dossier.pdf"), metavar="FILE.pdf",
        help="the PDF, which stays (default: %(default)s)",
    )  # fmt: skip
    commands.add_parser("test", help="run the test suite (further arguments go to pytest)")
    return parser


def _add_options_of_verify(command: argparse._ActionsContainer) -> None:
    command.add_argument(
        "file", type=_pdf, nargs="?", default=Path("build/dossier.pdf"), metavar="FILE.pdf",
        help="the PDF, with its JSON beside it (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--rebuild", action="store_true",
        help="build it again in a scratch folder as well, and compare all files byte for byte",
    )  # fmt: skip
    command.add_argument(
        "--thorough", action="store_true",
        help="draw all pages as well, and look whether their texts are seen, and nothing else",
    )  # fmt: skip
    command.add_argument(
        "--no-corpus", action="store_true",
        help="compare the files with each other, as their receiver can",
    )  # fmt: skip


def _add_options_of_check(command: argparse._ActionsContainer) -> None:
    command.add_argument(
        "--full", action="store_true", help="list every warning, not only ten of each kind"
    )
    command.add_argument(
        "--names", action="store_true",
        help="list lines for names.yaml with the family names that are proposed, nothing else",
    )  # fmt: skip


def _add_options_of_build(command: argparse._ActionsContainer) -> None:
    command.add_argument(
        "--output", type=_pdf, default=None, metavar="FILE.pdf",
        help="where to write the (first) PDF; all else goes beside it (default: build/NAME.pdf)",
    )  # fmt: skip
    command.add_argument("--all", action="store_true", help="build every packet, and the dossier")
    command.add_argument(
        "--drafts", action="store_true",
        help="with the letters whose status is draft, behind all others",
    )  # fmt: skip
    command.add_argument(
        "--jobs", type=_jobs, default=None, metavar="N",
        help="how many processes set letters (default: the processors at hand)",
    )  # fmt: skip
    command.add_argument(
        "--no-cache", action="store_true",
        help="neither use the cache nor add to it; “clean” empties it",
    )  # fmt: skip


def _pdf(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".pdf":
        raise argparse.ArgumentTypeError(f"the name must end in .pdf: {text}")
    return path


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"not a number of processes: {text}")
    return int(text)
