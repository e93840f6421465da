"""``schema``: writes JSON Schemas for completion in an editor."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from dossier.machine.write import write_all

if TYPE_CHECKING:
    from pydantic import BaseModel


def run(options: argparse.Namespace) -> int:
    """Write a schema for each kind of file in a corpus."""
    from dossier.records import (
        authority,
        front_matter,
        profile,
        publication,
        references,
    )  # slow to import

    models: dict[str, type[BaseModel]] = {
        "dossier": publication.Publication,
        "letter": front_matter.FrontMatter,
        "names": authority.Names,
        "profile": profile.ProfileFile,
        "reports": references.References,
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
