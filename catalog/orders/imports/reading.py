"""A file into pieces of orders, customers or events: what a batch of lines says of each.

Lines of one order may stand anywhere in a file. Those of one batch become one piece here, and the
database puts the pieces of an order together; nothing but a batch is ever in memory.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from catalog.orders.imports.cells import OF_LINE, Cells, Stated, key_of
from catalog.orders.imports.models import IntakeRow, IntakeRun, Subject
from catalog.products.imports.problems import Problem, Refused, problem
from catalog.products.imports.read import Line
from catalog.products.imports.stage import STAGE, as_rows, staged
from catalog.products.imports.store import ready_lines

BATCH = 5000  # lines in memory and in one transaction
MAX_LINES = 1_000_000  # of a file
# Bytes of the pieces of one order, as the database packs them: some ten thousand lines.
MAX_PACKED = 1_000_000
COLUMNS = ("merchant_id", "run_id", "line", "key", "payload", "problems")
Piece = dict[str, Any]  # {"line", "head", "lines", "problems", "remarks"}

TOO_MANY = problem("too_many_lines_of_order", limit=10_000)
ADD = f"""
INSERT INTO catalog_intakerow AS row (
    merchant_id, run_id, line, key, payload, problems,
    outcome, is_included, diff, raw, before, undo
)
SELECT merchant_id, run_id, line, key, payload, problems,
    CASE WHEN key = '' THEN 'failed' ELSE '' END, true, '[]', '[]', '{{}}', ''
FROM {STAGE}
ON CONFLICT (run_id, key) WHERE key <> '' DO UPDATE SET
    line = least(row.line, EXCLUDED.line),
    payload = CASE WHEN pg_column_size(row.payload) > {MAX_PACKED} THEN row.payload
        ELSE row.payload || EXCLUDED.payload END,
    problems = CASE WHEN pg_column_size(row.payload) > {MAX_PACKED} THEN %s::jsonb
        ELSE row.problems END
"""


def cells_of(run: IntakeRun) -> Cells:
    return Cells(
        run.header,
        run.mapping,
        currency=run.merchant.currency,
        zone=run.merchant.timezone,
        days=run.reading.get("days", ""),
    )


def batches(run: IntakeRun) -> Iterator[list[Stated]]:
    """What the lines state, some thousand at a time. Raises Refused for a file without end."""
    read = cells_of(run).read
    lines, n_lines = ready_lines(run), 0
    while batch := [read(line) for line in islice(lines, BATCH)]:
        n_lines += len(batch)
        if n_lines > MAX_LINES:
            raise Refused("too_many_lines", limit=MAX_LINES)
        yield batch


def pieces_of(batch: Iterable[Stated], subject: str) -> list[tuple[str, Piece]]:
    """Those of one key together; a line without a key is a failed row of its own."""
    found: dict[str, Piece] = {}
    nameless = []
    for stated in batch:
        key = key_of(stated.values, subject) if stated.values else ""
        if not key:
            nameless.append(("", _nameless(stated, subject)))
        elif key in found:
            _add(found[key], stated, subject)
        else:
            found[key] = _piece(stated, subject)
    return [*found.items(), *nameless]


def _nameless(stated: Stated, subject: str) -> Piece:
    missing = "no_order_number" if subject == Subject.ORDERS else "no_customer"
    why = stated.problems or [problem(missing, line=stated.line)]
    return {"line": stated.line, "problems": _plain(why)}


def _piece(stated: Stated, subject: str) -> Piece:
    values = stated.values
    found: Piece = {"line": stated.line, "head": values}
    if subject != Subject.CUSTOMERS:
        found["head"] = {n: v for n, v in values.items() if n not in OF_LINE}
        found["lines"] = [_line(stated)]
    if stated.problems:
        found["problems"] = _plain(stated.problems)
    if stated.remarks:
        found["remarks"] = _plain(stated.remarks)
    return found


def _line(stated: Stated) -> dict[str, Any]:
    own = {name: value for name, value in stated.values.items() if name in OF_LINE}
    return {"at": stated.line, **own}


def _add(piece: Piece, stated: Stated, subject: str) -> None:
    """A further line of the same; what differs from the first is kept apart to be compared."""
    again = _piece(stated, subject)
    rest = {n: v for n, v in again["head"].items() if piece["head"].get(n) != v}
    for name in [name for name in rest if name not in piece["head"]]:
        piece["head"][name] = rest.pop(name)
    if rest:
        piece.setdefault("others", []).append({"line": stated.line, "head": rest})
    piece.setdefault("lines", []).extend(again.get("lines", ()))
    if subject == Subject.CUSTOMERS:
        piece.setdefault("again", []).append(stated.line)
    for name in ("problems", "remarks"):
        if name in again:
            piece.setdefault(name, []).extend(again[name])


def _plain(problems: list[Problem]) -> list[Problem]:
    return [{name: value for name, value in p.items() if name != "target"} for p in problems]


def add(run: IntakeRun, pieces: list[tuple[str, Piece]]) -> None:
    """Put the pieces beside those of earlier batches; one statement."""
    rows = [
        {
            "merchant_id": run.merchant_id,
            "run_id": run.pk,
            "line": piece["line"],
            "key": key[:200],
            "payload": [piece],
            "problems": piece.get("problems", []) if not key else [],
        }
        for key, piece in pieces
    ]
    with staged(IntakeRow, as_rows(IntakeRow, rows, COLUMNS), COLUMNS) as cursor:
        cursor.execute(ADD, [json.dumps([TOO_MANY])])


def lines_numbered(run: IntakeRun, wanted: set[int]) -> Iterator[Line]:
    """Some lines of the file once more."""
    return (line for line in ready_lines(run) if line.number in wanted)
