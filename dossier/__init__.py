"""Turns a corpus of open letters into one printed, paginated dossier.

The way through, each stage a room (a folder) of its own, with frozen records between them::

    corpus/ -read-> Corpus -compile-> Dossier -render-> HTML -typeset-> Galley* -bind-> PDF -proof->
              `---> Diagnostic*                                  outputs: the listing beside it

* :mod:`dossier.stages` is the whole of it, in one short function: read it first;
* :mod:`dossier.pipeline` is what the command line and other programs call;
* :mod:`dossier.read` opens the corpus and reports every fault of it at once;
* :mod:`dossier.compile` decides order, numbers, index headings and bibliography entries;
* :mod:`dossier.render` fills the templates;
* :mod:`dossier.typeset` sets one section and says where its anchors stand;
* :mod:`dossier.bind` joins the galleys into one tagged PDF;
* :mod:`dossier.proof` reads the finished PDF back and compares it with the corpus;
* :mod:`dossier.outputs` makes what stands beside the PDF;
* :mod:`dossier.cli` is the only part that prints.

No stage imports another. Below them stand what they share: :mod:`dossier.names`, :mod:`dossier.keep`,
:mod:`dossier.machine`, :mod:`dossier.records`, :mod:`dossier.language`. A contract in pyproject.toml
says so.
"""

__version__ = "0.1.0"
