"""``python -m dossier`` and the command ``dossier``: the command line in a process of its own."""

import os
from typing import NoReturn


def run() -> NoReturn:
    """Run the command line and end the process with its status."""
    try:
        from dossier.machine import streams

        streams.watch()
        from dossier.cli.main import main
    except (ImportError, MemoryError, OSError, SyntaxError, SystemError) as error:
        # The little that is needed to begin cannot even be loaded. Where they get no memory, Python's own
        # parts fail without a reason (SystemError) or read half a file (SyntaxError), and the loader of
        # libraries has words of its own.
        reason = str(error)
        if not reason or isinstance(error, SystemError) or "failed to map segment" in reason:
            reason = "there is not enough memory"
        elif isinstance(error, SyntaxError):
            reason = "a file of it is damaged, or there is not enough memory"
        os.write(2, f"dossier: the program cannot be loaded: {reason}\n".encode(errors="replace"))
        os._exit(3)
    except KeyboardInterrupt:
        os._exit(130)
    try:
        status = main()
    except SystemExit as stop:  # the command line was wrong, or asked for help
        status = stop.code if isinstance(stop.code, int) else 0
    except KeyboardInterrupt:  # before or after the command line could answer it
        status = 130
    # Everything is written and closed. To take a large dossier's records apart one by one would keep
    # its editor waiting.
    os._exit(streams.finish(status))


if __name__ == "__main__":
    run()
