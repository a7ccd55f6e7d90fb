"""The glossary as a CSV file: read with what is wrong in which line, and written."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from aiassist.copywriting.csv_lines import csv_lines
from aiassist.copywriting.glossary.edits import Typed
from aiassist.copywriting.glossary.models import TERM_MAX, GlossaryTerm, TermKind
from aiassist.copywriting.glossary.terms import TERMS_MAX
from catalog.products.imports.guard import unguard

COLUMNS = ("en", "zh", "kind", "note")
BYTES_MAX = 1 << 20
NAMES = {
    "english": "en",
    "英文": "en",
    "chinese": "zh",
    "中文": "zh",
    "类型": "kind",
    "备注": "note",
}


class TableError(Exception):
    """Why the file was not taken; its text is shown as it stands."""


def read_table(data: bytes) -> list[Typed]:
    """The terms of a file; raises TableError that names the first lines that are wrong."""
    rows = list(csv.DictReader(io.StringIO(_decoded(data), newline="")))
    if len(rows) > TERMS_MAX:
        raise TableError(_("A glossary holds at most %(n)s terms.") % {"n": TERMS_MAX})
    found, wrong = [], []
    for number, row in enumerate(rows, start=2):
        cells = {_name(name): (text or "").strip() for name, text in row.items() if name}
        term, problem = _term(cells)
        if problem:
            wrong.append(_("Line %(n)s: %(why)s") % {"n": number, "why": problem})
        elif term:
            found.append(term)
    if wrong:
        raise TableError(" ".join([_("Nothing was imported."), *wrong[:5]]))
    if not found:
        raise TableError(_("The file has no terms. Its columns are en, zh, kind and note."))
    return found


def _decoded(data: bytes) -> str:
    if len(data) > BYTES_MAX:
        raise TableError(_("The file is larger than 1 MB."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise TableError(_("The file is no text in UTF-8 or GB18030."))


def _name(column: str) -> str:
    low = column.strip().casefold()
    return NAMES.get(low, low)


def _term(cells: dict[str, str]) -> tuple[Typed | None, str]:
    cells = {name: unguard(text) for name, text in cells.items()}
    en, zh = cells.get("en", ""), cells.get("zh", "")
    kind = cells.get("kind", "") or TermKind.TERM
    if not en and not zh:
        return None, ""
    if kind not in TermKind.values:
        return None, _("“%(kind)s” is none of term, keep and brand.") % {"kind": kind[:40]}
    if kind == TermKind.TERM and not (en and zh):
        return None, _("A term needs both languages.")
    if max(len(en), len(zh)) > TERM_MAX:
        return None, _("A term has at most %(n)s characters.") % {"n": TERM_MAX}
    return Typed(kind, en, zh, cells.get("note", "")[:200]), ""


def write_table(terms: Iterable[GlossaryTerm]) -> Iterator[str]:
    return csv_lines((COLUMNS, *([t.en, t.zh, t.kind, t.note] for t in terms)))
