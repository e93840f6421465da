"""``python -m dossier`` is the command line."""

import os
import sys

from dossier.cli import main

if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is written and closed. To take a large dossier's records apart one by one would keep
    # its editor waiting.
    os._exit(status)
