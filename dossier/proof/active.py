"""Proves what is active in the HTML edition: one script, and a policy that allows nothing else.

The script and the controls that it works with are one block of the page, which must be the program's own
byte for byte. The policy (Content Security Policy Level 3) names script and style sheet by their checksums.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable, Iterator

from dossier.language.words import Words
from dossier.machine import templates
from dossier.proof.markup import Markup
from dossier.proof.tags import Finding

FIELD = '<input id="{}" type="search" autocomplete="off" spellcheck="false" enterkeyhint="{}">'
REFERENCES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})
NUMBER = "{number}"
"""What the script replaces with a number."""
EARLIER = (
    "The page has no search and no policy against other scripts, as this version of the program writes "
    "them: an earlier version wrote the page, or both were taken out of it"
)


def block(words: Words) -> str:
    """Return the controls and the script as they stand at the end of a page with the program's words."""
    return _block(lambda key, **values: words(key, **values).translate(REFERENCES))


def block_in(text: str) -> str:
    """Return the block that a page has, whatever its words are: those of the corpus are not known.

    Where the page has none, it is one with other words.
    """
    controls, end, script = _block(lambda key, **values: "\0").partition("</template>")
    there = re.search(re.escape(controls).replace("\0", '[^<>"]*'), text)
    return (there[0] if there else controls) + end + script


def _block(said: Callable[..., str]) -> str:
    return "\n".join(
        [
            '<template id="controls">',
            '<div class="controls search" role="search">',
            f'<label for="search">{said("screen_search")}</label>',
            FIELD.format("search", "search"),
            f'<p role="status" data-words="{said("screen_found", number=NUMBER)}"></p>',
            "<ol hidden></ol>",
            f'<button type="button" hidden>{said("screen_more")}</button>',
            "</div>",
            '<div class="controls filter">',
            f'<label for="filter">{said("screen_filter")}</label>',
            FIELD.format("filter", "done"),
            f'<p role="status" data-words="{said("screen_filtered", number=NUMBER)}"></p>',
            "</div>",
            "</template>",
            f"<script>{_script()}</script>",
        ]
    )


def findings(there: Markup, may_lack: bool) -> Iterator[Finding]:
    """Yield the findings in what is active in a page; the block was compared as the page was read.

    A page may lack it that a template of a corpus's own has made, and so may one whose maker is not known.
    """
    if there.is_active or there.policies:
        wanted = policy(there.style)
        if there.policies != [wanted]:
            said = " and ".join(f"“{policy}”" for policy in there.policies) or "nothing"
            yield 0, f"The policy of the page should be “{wanted}”, and is {said}"
    if not there.is_active and not may_lack:
        if there.policies:
            yield 0, "The page has no search: the script is missing that the program writes"
        else:
            yield 0, EARLIER


@functools.cache
def _script() -> str:
    return (templates.folder() / "scripts/screen.js").read_text(encoding="utf-8")


def policy(style: str) -> str:
    """Return the policy of a page with a style sheet."""
    return (
        f"default-src 'none'; script-src '{_named(_script())}'; style-src '{_named(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _named(text: str) -> str:
    """Return the name of a script or a style sheet in a policy: its checksum."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
