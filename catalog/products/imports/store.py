"""An upload becomes a file of the shop's and a row that knows how it is written.

`reading` of a run says where the table stands in the file: the lines before its header, whether
it has one, the sheet of a workbook, what parts the levels of a category, and which rows are wanted
when only some are read again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.products.attribute_book import AttributeBook
from catalog.products.imports import packed, read, saved
from catalog.products.imports.detect import columns_of, detect, dialect_of
from catalog.products.imports.mapped_facts import states_facts, with_mapped_facts
from catalog.products.imports.models import FileRun, ImportRun
from catalog.products.imports.problems import Refused
from catalog.products.imports.products import Layout, Parsed, Reading
from catalog.products.imports.table import levels_in
from catalog.products.imports.unchanged import RULES
from ecomportal.ids import uuid7
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant, User

SAMPLE = Path(__file__).parent / "sample" / "shopify_sample.csv"
LOOKED_AT = 200  # rows whose values tell what a column is for
MAX_UNPACKED = 10  # how many times the limit of an upload a packed file may hold


def file_of(run: FileRun) -> Path:
    return Path(settings.MEDIA_ROOT) / run.file


def table_of(run: FileRun) -> Path:
    """Our own table of a workbook's or a feed's rows."""
    return file_of(run).with_suffix(f".{run.reading.get('sheet_at', 0)}.table")


def forget_files(run: FileRun) -> None:
    """Delete what is kept of the upload; call it when the row's change is committed."""
    file_of(run).unlink(missing_ok=True)
    forget_tables(run)


def forget_tables(run: FileRun) -> None:
    path = file_of(run)
    for kept in path.parent.glob(f"{path.stem}.*.*"):  # an unfinished one too
        kept.unlink(missing_ok=True)


def store(
    merchant: Merchant, chunks: Iterable[bytes], *, name: str, user: User | None
) -> ImportRun:
    """Keep the file and look at it. Raises `Refused`, and then nothing is kept."""
    run = ImportRun(id=uuid7(), merchant=merchant, name=clean_name(name), created_by=user)
    keep(run, chunks, describe)
    return run


def keep(run: FileRun, chunks: Iterable[bytes], look_at: Callable[[Any], None]) -> None:
    """Keep the file of a new run, have it looked at, and save the run; all of it or nothing."""
    run.file = f"{run.merchant_id}/imports/{run.pk}.csv"
    path = file_of(run)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        run.n_bytes, run.sha256 = _copy(chunks, path)
        packed.unpack(path, limit=MAX_UNPACKED * settings.IMPORT_MAX_BYTES)
        look_at(run)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    run.save(force_insert=True)


def clean_name(name: str) -> str:
    """The name for people; it never becomes a path."""
    name = os.path.basename(name.replace("\\", "/")).replace("\0", "")
    return "".join(c for c in name if c.isprintable())[:200] or "import.csv"


def _copy(chunks: Iterable[bytes], path: Path) -> tuple[int, str]:
    n_bytes, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        for chunk in chunks:
            n_bytes += len(chunk)
            if n_bytes > settings.IMPORT_MAX_BYTES:
                raise Refused("too_large", limit=settings.IMPORT_MAX_BYTES // 2**20)
            digest.update(chunk)
            file.write(chunk)
    return n_bytes, digest.hexdigest()


def describe(run: ImportRun, *, sheet: str = "", has_header: bool | None = None) -> None:
    """Look at the file and propose what its columns feed; a saved mapping goes before that."""
    path = file_of(run)
    forget_tables(run)  # they rest on how the file was read before
    shape = read.look(path, sheet=sheet, has_header=has_header)
    values = first_values(path, shape)
    book = AttributeBook(run.merchant)
    found = detect(
        shape.header,
        columns=values,
        kind_of=lambda name: _kind_key(book, name),
        has_header=shape.has_header,
    )
    run.dialect, run.mapping, run.warnings = found.dialect, found.mapping, found.warnings
    run.reading = {
        **told_by(run, shape),
        "unknown": found.unknown,
        "guessed": found.guessed,
        "levels": levels_in(_of_category(values, found.mapping)),
    }
    if kept := saved.saved_for(run.merchant, run.header):
        saved.apply(run, kept)


def told_by(run: FileRun, shape: read.Shape) -> dict[str, Any]:
    """Note on the run how its file is written; gives where in the file the table stands."""
    run.encoding, run.delimiter, run.header = shape.encoding, shape.delimiter, shape.header
    run.kind = shape.kind
    return {
        "skipped": shape.skipped,
        "has_header": shape.has_header,
        "sheet": shape.sheet,
        "sheets": list(shape.sheets),
        "sheet_at": list(shape.sheets).index(shape.sheet) if shape.sheet else 0,
    }


def _kind_key(book: AttributeBook, name: str) -> str:
    found = book.find(name)
    return found.key if found else ""


def first_values(path: Path, shape: read.Shape) -> dict[str, list[str]]:
    """The filled cells of the first rows, by column. Raises `Refused` when there is no row."""
    found: dict[str, list[str]] = {name: [] for name in shape.header}
    rows = list(islice(read.lines(path, shape), LOOKED_AT))
    if not rows:
        raise Refused("no_rows")
    for line in rows:
        for name, cell in () if line.problem else zip(shape.header, line.cells, strict=True):
            if cell.strip():
                found[name].append(cell.strip())
    return found


def _of_category(values: dict[str, list[str]], mapping: dict[str, str]) -> list[str]:
    column = next((name for name, target in mapping.items() if target == "category"), "")
    return values.get(column, [])


def shape_of(run: FileRun) -> read.Shape:
    """How the file is written, without looking at it again."""
    kept: dict[str, Any] = run.reading
    return read.Shape(
        run.encoding,
        run.delimiter,
        run.header,
        skipped=kept["skipped"] if "skipped" in kept else _told_separator(run),
        kind=run.kind,
        has_header=kept.get("has_header", True),
        sheet=kept.get("sheet", ""),
        sheets=tuple(kept.get("sheets", ())),
    )


def _told_separator(run: FileRun) -> int:
    """For runs that were uploaded before this was kept."""
    with file_of(run).open(encoding=run.encoding, newline="") as text:
        return int(text.readline().lstrip("\ufeff").lower().startswith("sep="))


def open_run(run: ImportRun) -> Reading:
    """The products of the run's file, by the mapping a person confirmed."""
    columns = columns_of(run.header, run.mapping)
    with tenant(run.merchant_id):
        book = AttributeBook(run.merchant)
    layout = Layout(
        run.header,
        currency=run.merchant.currency,
        choices=run.reading,
        lookup=lambda skus: _handles(run.merchant, skus),
        mark=_mark(run, book),
        **columns,
    )
    path, shape = _ready(run)
    reading = dialect_of(run.dialect).read(path, shape, layout)
    if states_facts(run.mapping):
        reading = with_mapped_facts(
            reading, run.header, run.mapping, key_of=lambda name: _kind_key(book, name) or name
        )
    return _only(reading, run.reading.get("only"))


def _mark(run: ImportRun, book: AttributeBook) -> bytes:
    """What decides beside its cells what a row says: the same row under another mapping, or in a
    shop with other kinds of fact, may say something else."""
    shop = run.merchant
    kinds = sorted((name, kind.key) for name, kind in book.by_name.items())
    said = [RULES, run.dialect, run.header, sorted(run.mapping.items()), run.reading.get("levels")]
    said += [shop.currency, shop.language, kinds if states_facts(run.mapping) else []]
    return blake2b(json.dumps(said).encode(), digest_size=32).digest()


def _ready(run: FileRun) -> tuple[Path, read.Shape]:
    """The file, or our own table of it where its kind is slow to read."""
    path, shape = file_of(run), shape_of(run)
    if shape.kind == "csv":
        return path, shape
    table = table_of(run)
    if not table.exists():
        unfinished = table.with_suffix(".part")
        read.keep(path, shape, unfinished)
        os.replace(unfinished, table)
    return table, replace(shape, kind="kept")


def ready_lines(run: FileRun) -> Iterator[read.Line]:
    """The rows below the header, from whichever table of them is quick to read."""
    path, shape = _ready(run)
    return read.lines(path, shape)


def _handles(merchant: Merchant, skus: list[str]) -> dict[str, str]:
    """The handles of the shop's products that have these SKUs."""
    wanted = [sku for sku in dict.fromkeys(skus) if sku]
    with tenant(merchant.pk):
        rows = merchant.variants.filter(sku__in=wanted, deleted_at=None)
        return dict(rows.values_list("sku", "product__handle"))


def _only(reading: Reading, wanted: list[int] | None) -> Reading:
    """The products that begin on these lines, or all of them."""
    if wanted is None:
        return reading
    lines = set(wanted)
    return Reading(len(lines), (p for p in reading.rows if _is_wanted(p, lines)))


def _is_wanted(parsed: Parsed, lines: set[int]) -> bool:
    return parsed.line in lines


def lines_of(run: FileRun) -> Iterator[read.Line]:
    """The raw rows below the header; none when the file is gone."""
    path = file_of(run)
    return read.lines(path, shape_of(run)) if path.exists() else iter(())


def again(run: ImportRun, lines: list[int], user: User) -> ImportRun:
    """A new import of some rows of an earlier one's file, which is kept once more for it."""
    same = ("name", "n_bytes", "sha256", "dialect", "encoding", "delimiter", "kind", "header")
    new = ImportRun(id=uuid7(), merchant=run.merchant, created_by=user, retry_of=run)
    for name in (*same, "mapping", "warnings"):
        setattr(new, name, getattr(run, name))
    new.reading = {**run.reading, "only": lines}
    new.file = f"{run.merchant_id}/imports/{new.pk}.csv"
    try:
        os.link(file_of(run), file_of(new))
    except FileNotFoundError:
        raise Refused("file_gone") from None
    except OSError:  # a file system without hard links
        shutil.copyfile(file_of(run), file_of(new))
    new.save(force_insert=True)
    return new
