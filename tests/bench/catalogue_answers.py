"""What plain SQL says each page must show, kept in a file for as long as it holds."""

import json
from dataclasses import astuple, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Page:
    """One address of a list, and the ids it must show in their order."""

    name: str
    address: str
    ids: list[str]


def keep(file: Path, stamp: str, pages: list[Page]) -> None:
    text = json.dumps({"stamp": stamp, "pages": [astuple(page) for page in pages]})
    file.write_text(text, encoding="utf-8")


def kept(file: Path, stamp: str) -> list[Page]:
    """Nothing if there is no file, or it speaks of something else than this stamp."""
    if not file.exists():
        return []
    found = json.loads(file.read_text(encoding="utf-8"))
    return [Page(*page) for page in found["pages"]] if found["stamp"] == stamp else []
