"""``python -m dossier`` is the command line."""

import os
import sys

if __name__ == "__main__":
    try:
        from dossier.cli.main import main

        status = main()
    except KeyboardInterrupt:  # before or after the command line could answer it
        status = 130
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is written and closed. To take a large dossier's records apart one by one would keep
    # its editor waiting.
    os._exit(status)
