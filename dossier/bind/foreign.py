"""Makes leaves of foreign pages: a scan, an annex, a report.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, Pdf, Rectangle, String

from dossier.records.galley import Leaf

MARKED_CONTENT = frozenset(map(Operator, ("BMC", "BDC", "EMC", "MP", "DP")))
"""The marked-content operators (14.6), which refer to the structure tree of the foreign file."""
Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from the page's bottom left."""


def leaf_of(raw: bytes, alternative: str, paper: tuple[float, float], frame: Box) -> Leaf:
    """Return the pages of a PDF as a leaf, each inside ``frame`` on a page of ``paper``, in points.

    The pages keep their fonts, and are tagged as figures with the text ``alternative``. Links and tags of
    the file are dropped. A page that is larger than the frame is scaled down.
    """
    made = Pdf.new()
    root = made.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    part = made.make_indirect(Dictionary(S=Name.Part, P=root))
    resources = made.make_indirect(Dictionary(XObject=Dictionary()))
    figures: list[Any] = []
    numbers: list[Any] = []
    with Pdf.open(io.BytesIO(raw)) as source:
        count = len(source.pages)
        for place, page in enumerate(source.pages):
            name = Name(f"/P{place}")
            resources.XObject[name] = made.copy_foreign(source.make_indirect(_form(source, page)))
            sheet = made.add_blank_page(page_size=paper)
            sheet.obj.Resources = resources
            shown = sheet.calc_form_xobject_placement(
                resources.XObject[name],
                name,
                Rectangle(*frame),
                invert_transformations=True,
                allow_shrink=True,
                allow_expand=False,
            )
            content = b"q\n/Figure <</MCID 0>> BDC\n%b\nEMC\nQ" % shown
            sheet.obj.Contents = made.make_stream(content)
            figure = made.make_indirect(
                Dictionary(
                    S=Name.Figure,
                    P=part,
                    Pg=sheet.obj,
                    K=0,
                    Alt=String(f"{alternative}, page {place + 1} of {count}"),
                    A=Dictionary(O=Name.Layout, Placement=Name.Block, BBox=Array(frame)),
                )
            )
            figures.append(figure)
            numbers += [place, made.make_indirect(Array([figure]))]
    part.K = Array(figures)
    root.K = Array([part])
    root.ParentTree = Dictionary(Nums=Array(numbers))
    made.Root.StructTreeRoot = root
    output = io.BytesIO()
    made.save(output, deterministic_id=True)
    return Leaf(output.getvalue(), count, figures=True, own_fonts=True)


def _form(source: Pdf, page: pikepdf.Page) -> Any:
    """Return a page as a form XObject (8.10), without marked content."""
    drawn: Any = [
        instruction
        for instruction in pikepdf.parse_content_stream(page)
        if instruction.operator not in MARKED_CONTENT
    ]
    page.obj.Contents = source.make_stream(pikepdf.unparse_content_stream(drawn))
    form = page.as_form_xobject()
    for entry in (Name.StructParents, Name.StructParent):
        if entry in form:
            del form[entry]
    return form
