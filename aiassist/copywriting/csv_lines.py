"""Rows as the lines of a CSV file that a spreadsheet opens in UTF-8 and runs nothing of."""

import csv
import io
from collections.abc import Iterable, Iterator

from catalog.products.imports.guard import guard


def csv_lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    for row in rows:
        writer.writerow([guard(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
