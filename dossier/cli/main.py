"""The command line: the only part that prints.

It ends with a status of :class:`dossier.diagnostics.Status`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shlex
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from dossier import __version__
from dossier.machine import rejected, streams
from dossier.machine.shortage import lacking
from dossier.records.diagnostics import (
    CannotWriteError,
    CommandLineError,
    CorpusFaultError,
    Diagnostic,
    RefusedError,
    Severity,
    Status,
    StopError,
    as_json,
    fold,
    printable,
    stops,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

    from dossier.cli.terminal import TerminalProgress
    from dossier.proof.signatures import Signed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status. ``arguments`` are the process's by default."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "build")
    options, rest = _parser().parse_known_args(given)
    if rest and options.command != "test":
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        match options.command:
            case "build":
                return _build(options)
            case "check":
                return _check(options)
            case "verify":
                return _verify(options)
            case "schema":
                return _schema(options)
            case "clean":
                return _clean(options)
            case _:
                return _test(rest)
    except CorpusFaultError as error:
        refused = error.kept if isinstance(error, RefusedError) else ""
        left = (
            f"the file that was refused is {refused}, to look at"
            if refused
            else "nothing was written"
        )
        _show(error.diagnostics, options, f"; {left}.")
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
            f"dossier: a fault of the program itself: {type(error).__name__}: {printable(str(error))} "
            f"({Path(place.filename).name}:{place.lineno}). What was built before is unchanged. Please "
            "report it with the corpus; DOSSIER_TRACEBACK=1 shows more.",
            file=sys.stderr,
        )
        return Status.OURS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_program(),
        usage="%(prog)s [COMMAND] [options]",
        description="Turns a corpus of open letters into one printed, paginated dossier.",
        epilog="Without a command, the dossier is built; COMMAND --help shows the options of another. "
        "What the next build need not set again is kept in the folder .cache beside the PDF; “clean” "
        "empties it.",
    )
    parser.add_argument("--version", action="version", version=f"dossier {__version__}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, prog=parser.prog
    )
    build = commands.add_parser("build", help="build the dossier (the default)")
    # What no command takes is read as build's; here it is only shown.
    shown = parser.add_argument_group("options of build, and without a command")
    check = commands.add_parser("check", help="list every fault of the corpus, build nothing")
    check.add_argument(
        "--full", action="store_true", help="list every warning, of each kind more than ten too"
    )
    verify = commands.add_parser(
        "verify", help="read a finished PDF back and compare it with the corpus"
    )
    verify.add_argument(
        "file", type=_pdf, nargs="?", default=Path("build/dossier.pdf"), metavar="FILE.pdf",
        help="the PDF, with its JSON beside it (default: %(default)s)",
    )  # fmt: skip
    for command in (build, shown, check, verify):
        command.add_argument(
            "--corpus", type=Path, default=Path("corpus"), metavar="DIR",
            help="the folder of the corpus (default: %(default)s)",
        )  # fmt: skip
    for command in (build, shown, check):
        command.add_argument("--strict", action="store_true", help="count a warning as a fault")
    for command in (build, shown):
        command.add_argument(
            "--output", type=_pdf, default=Path("build/dossier.pdf"), metavar="FILE.pdf",
            help="where to write the PDF; the HTML and JSON go beside it (default: %(default)s)",
        )  # fmt: skip
        command.add_argument(
            "--jobs", type=_jobs, default=None, metavar="N",
            help="how many processes set letters (default: the processors at hand)",
        )  # fmt: skip
        command.add_argument(
            "--no-cache", action="store_true",
            help="neither use nor keep what an earlier build set; “clean” empties what is kept",
        )  # fmt: skip
    for command in (check, verify):
        command.add_argument(
            "--format", choices=("text", "json"), default="text", help="the findings' form"
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


def _program() -> str:
    """Return the name under which the editor runs this program."""
    return "dossier" if Path(sys.argv[0]).name == "dossier" else "generate.py"


def _pdf(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".pdf":
        raise argparse.ArgumentTypeError(f"the name must end in .pdf: {text}")
    return path


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"not a number of processes: {text}")
    return int(text)


def _build(options: argparse.Namespace) -> int:
    from dossier.keep import unchanged
    from dossier.keep.store import Store
    from dossier.machine import earlier
    from dossier.machine.write import alone

    start = time.monotonic()
    earlier.spare_corpus(options.output, options.corpus)
    with alone(earlier.of_run(options.output)):
        # Nobody should wait for a build to be told that it cannot be written.
        earlier.refuse_others(options.output)
    store = None if options.no_cache else Store(_cache(options.output))
    first = store is not None and not store.folder.exists()
    setup = inputs = ""
    if store is not None:
        setup = unchanged.setup()
        try:
            inputs = unchanged.inputs(options.corpus, options.corpus.as_posix(), setup)
            note = unchanged.recall(store, options.output, inputs, options.corpus)
        except OSError:
            store = note = None  # reading the corpus will say what is wrong with it
        if note is not None:
            if stops(note.diagnostics, options.strict):
                raise CorpusFaultError(note.diagnostics)
            _show(note.diagnostics, options)
            rejected.remove(options.output)
            _closing(options.output, note.pages, note.letters, start, "Nothing has changed in")
            return 0

    from dossier.bind.bindery import Bindery
    from dossier.machine import processes
    from dossier.typeset.workshop import Workshop

    # A build makes hundreds of thousands of records that all live to its end: looking through them
    # for garbage, again and again, takes a third of the time and finds nothing.
    gc.disable()
    jobs = options.jobs or processes.processors()
    if jobs > 1:
        streams.hush()
    bindery = Bindery(store, options.output, apart=jobs > 1)
    with (
        processes.stoppable(),
        processes.scratch(),
        Workshop(jobs, store, setup) as workshop,
        bindery,
    ):
        # The larger part of the program is loaded while their processes start.
        from dossier.machine.progress import Progress
        from dossier.pipeline import Order, build

        shown = options.corpus.as_posix()
        order = Order(
            options.corpus, shown, options.output, options.strict, jobs, store, setup, inputs
        )
        with nullcontext(Progress()) if not sys.stderr.isatty() else _terminal() as progress:
            built = build(order, workshop, bindery, progress)
    _show(built.diagnostics, options)
    if store is not None and store.trouble:
        print(
            f"dossier: nothing could be kept for the next build in {store.folder}: {store.trouble}. "
            "The dossier is complete; make room there, or build with --no-cache.",
            file=sys.stderr,
        )
    _closing(options.output, built.pages, built.letters, start, "Wrote")
    if first and store is not None and store.folder.is_dir():
        print(
            f"What the next build need not set again is kept in {store.folder}; to empty it: "
            f"{_program()} clean --output {shlex.quote(str(options.output))}"
        )
    return 0


def _cache(pdf: Path) -> Path:
    """Return the folder in which builds of a PDF keep what they have set."""
    return pdf.parent / ".cache"


def _clean(options: argparse.Namespace) -> int:
    from dossier.keep.store import Store

    folder = _cache(options.output)
    try:
        freed = Store(folder).empty()
    except OSError as error:
        raise CannotWriteError(
            f"“{folder}” cannot be emptied: {error.strerror}. Check that you may write there."
        ) from None
    if freed:
        print(
            f"Emptied {folder}: {freed / 1_000_000:.1f} MB are free again. The PDF stays as it is."
        )
    else:
        print(f"There was nothing to empty in {folder}.")
    return 0


def _closing(pdf: Path, pages: int, letters: int, start: float, verb: str) -> None:
    """Print the line with which a build ends."""
    print(
        f"{verb} {pdf}: {_count(pages, 'page')}, {_count(letters, 'letter')}, "
        f"{time.monotonic() - start:.1f} s (beside it {pdf.with_suffix('.html').name} and "
        f"{pdf.with_suffix('.json').name})"
    )


def _terminal() -> TerminalProgress:
    from dossier.cli.terminal import TerminalProgress

    return TerminalProgress()


def _check(options: argparse.Namespace) -> int:
    from dossier.read.corpus import read

    _, diagnostics = read(options.corpus, options.corpus.as_posix())
    if options.format == "json":
        print(as_json(diagnostics))
    else:
        _show(diagnostics, options, ".")
        if not diagnostics:
            print(f"No faults in {options.corpus.as_posix()}.")
    return Status.FINDINGS if stops(diagnostics, options.strict) else 0


def _verify(options: argparse.Namespace) -> int:
    from dossier.machine import processes
    from dossier.machine.earlier import of_run
    from dossier.machine.write import alone
    from dossier.pipeline import verify

    gc.disable()  # as for a build
    streams.hush()
    pdf: Path = options.file
    with alone(of_run(pdf)):
        pass  # a build that was killed while it wrote is undone
    if not pdf.is_file():
        raise CommandLineError(f"there is no file {pdf.as_posix()}. Build it first.")
    with processes.stoppable(), processes.scratch():
        done = verify(pdf, options.corpus, processes.processors())
    if not done.compared:
        _show(done.faults, options, "; no file can be compared with a corpus that has faults.")
    elif options.format == "json":
        print(as_json(done.faults))
    else:
        _show(done.faults, options, "; the file is not to be trusted, or is older than the corpus.")
        if not done.faults:
            print(
                f"{options.file} is as it should be: {_count(done.letters, 'letter')} word for "
                f"word, {_count(done.signatures, 'signature')}, all page numbers and links."
            )
        if done.signed and not done.signed.faults:
            print(_of_signing(done.signed))
    return Status.FINDINGS if done.faults else 0


def _of_signing(signed: Signed) -> str:
    """Return what to say of a dossier to which nothing but digital signatures was appended."""
    names = ", ".join(printable(name) or "no name" for name in signed.names)
    times = f" {len(signed.names)} times" if len(signed.names) > 1 else ""
    return (
        f"Its first {signed.length:,} bytes are the dossier as it was built. After that it was digitally "
        f"signed{times} ({names}), and nothing else was changed. Whether the certificate is valid is for "
        "a PDF reader to say."
    )


def _schema(options: argparse.Namespace) -> int:
    from dossier.machine.write import write_all
    from dossier.records import schema

    models: dict[str, type[BaseModel]] = {
        "dossier": schema.Publication,
        "letter": schema.FrontMatter,
        "names": schema.Names,
        "reports": schema.References,
    }
    write_all(
        {
            options.output / f"{name}.schema.json": json.dumps(
                model.model_json_schema(by_alias=True), indent=2, ensure_ascii=False
            ).encode()
            for name, model in models.items()
        }
    )
    print(f"Wrote {len(models)} schemas to {options.output}.")
    return 0


def _test(rest: Sequence[str]) -> int:
    tests = Path(__file__).parent.parent.parent / "tests"
    if not tests.is_dir():
        print("dossier: the tests are not part of an installed package.", file=sys.stderr)
        return Status.MACHINE
    command = [sys.executable, "-m", "pytest", *(rest or [str(tests)])]
    return subprocess.run(command, cwd=tests.parent, check=False).returncode


def _show(
    diagnostics: Sequence[Diagnostic],
    options: argparse.Namespace,
    stopped: str = "; nothing was written.",
) -> None:
    """Print the findings and how many there are; ``stopped`` follows where they stop a build.

    Of many warnings of one kind only some are printed, unless all were asked for.
    """
    shown, kinds = (diagnostics, ()) if vars(options).get("full") else fold(diagnostics)
    for item in shown:
        print(item, file=sys.stderr)
    for one in kinds:
        print(f"{one.all - one.shown} more warnings like: {printable(one.kind)}.", file=sys.stderr)
    if kinds:
        corpus = options.corpus.as_posix()
        where = "" if corpus == "corpus" else f" --corpus {shlex.quote(corpus)}"
        print(f"All of them: {_parser().prog} check{where} --full", file=sys.stderr)
    errors = sum(item.severity is Severity.ERROR for item in diagnostics)
    warnings = len(diagnostics) - errors
    if diagnostics:
        summary = ", ".join(
            _count(number, word)
            for number, word in ((errors, "error"), (warnings, "warning"))
            if number
        )
        strict = vars(options).get("strict", False)
        print(f"{summary}{stopped if stops(diagnostics, strict) else '.'}", file=sys.stderr)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
