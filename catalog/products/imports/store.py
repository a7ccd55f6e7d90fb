"""An upload becomes a file of the shop's and a row that knows how it is written."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from catalog.products.imports import read
from catalog.products.imports.detect import columns_of, detect, dialect_of
from catalog.products.imports.models import ImportRun
from catalog.products.imports.problems import Refused
from catalog.products.imports.products import Layout, Reading
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant, User

SAMPLE = Path(__file__).parent / "sample" / "shopify_sample.csv"


def file_of(run: ImportRun) -> Path:
    return Path(settings.MEDIA_ROOT) / run.file


def store(
    merchant: Merchant, chunks: Iterable[bytes], *, name: str, user: User | None
) -> ImportRun:
    """Keep the file and look at it. Raises `Refused`, and then nothing is kept."""
    run = ImportRun(id=uuid7(), merchant=merchant, name=clean_name(name), created_by=user)
    run.file = f"{merchant.pk}/imports/{run.pk}.csv"
    path = file_of(run)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        run.n_bytes, run.sha256 = _copy(chunks, path)
        _describe(run, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    run.save(force_insert=True)
    return run


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


def _describe(run: ImportRun, path: Path) -> None:
    shape = read.look(path)
    found = detect(shape.header)
    if next(read.lines(path, shape), None) is None:
        raise Refused("no_rows")
    run.encoding, run.delimiter, run.header = shape.encoding, shape.delimiter, shape.header
    run.dialect, run.mapping, run.warnings = found.dialect, found.mapping, found.warnings


def shape_of(run: ImportRun) -> read.Shape:
    """How the file is written, without looking at it again."""
    path = file_of(run)
    with path.open(encoding=run.encoding, newline="") as text:
        is_told = text.readline().lstrip("\ufeff").lower().startswith("sep=")
    return read.Shape(run.encoding, run.delimiter, run.header, skipped=int(is_told))


def open_run(run: ImportRun) -> Reading:
    """The products of the run's file, by the mapping a person confirmed."""
    columns = columns_of(run.header, run.mapping)
    layout = Layout(run.header, currency=run.merchant.currency, **columns)
    return dialect_of(run.dialect).read(file_of(run), shape_of(run), layout)


def lines_of(run: ImportRun) -> Iterator[read.Line]:
    """The raw rows below the header; none when the file is gone."""
    path = file_of(run)
    return read.lines(path, shape_of(run)) if path.exists() else iter(())
