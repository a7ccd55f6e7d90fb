"""Keep spreadsheets from running what a cell says, and take exactly that guard off again."""

import re

DANGEROUS = re.compile(r"'*[=+\-@\t\r]")  # what a spreadsheet runs, however often it was guarded
GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guard(cell: str) -> str:
    return f"'{cell}" if DANGEROUS.match(cell) else cell


def unguard(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell
