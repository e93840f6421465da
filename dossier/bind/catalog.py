"""The catalog and the metadata of the bound PDF. References are to ISO 32000-1 unless another is named."""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name, String

from dossier.bind.binding import Binding, text_string
from dossier.records.job import Job


def write(binding: Binding, job: Job) -> None:
    """Write the catalog's entries and the document information dictionary."""
    info = job.info
    pdf = binding.pdf
    root = pdf.Root
    root.Lang = String(info.language)
    root.MarkInfo = Dictionary(Marked=True)
    # PDF/UA-1, 7.1: the window shows the document's title.
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.PageMode = Name.UseOutlines
    facing = job.furniture.sides == "facing"
    root.PageLayout = Name.TwoPageRight if facing else Name.SinglePage
    root.OpenAction = Array([binding.pages[0], Name.XYZ, 0, float(binding.pages[0].MediaBox[3]), 1])
    # PDF/A-2, 6.2.3: the output intent defines the colours.
    profile = pdf.make_stream(job.profile, N=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB"),
        DestOutputProfile=profile,
    )
    root.OutputIntents = Array([intent])
    # 12.4.2: every page's label is its number, counted from 1, as printed.
    root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D, St=1)]))
    metadata = pdf.make_stream(job.xmp)
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    root.Metadata = metadata
    stamp = f"D:{info.date.replace('-', '')}000000Z"
    pdf.docinfo[Name.Title] = text_string(info.title)
    pdf.docinfo[Name.Creator] = String(info.creator)
    pdf.docinfo[Name.Producer] = String(info.producer)
    pdf.docinfo[Name.CreationDate] = String(stamp)
    pdf.docinfo[Name.ModDate] = String(stamp)
    if info.author:
        pdf.docinfo[Name.Author] = text_string(info.author)
    if info.subject:
        pdf.docinfo[Name.Subject] = text_string(info.subject)
