"""Read the vocabulary's plain-text tables: one row a line, cells parted by bars."""

import unicodedata
from pathlib import Path

FOLDER = Path(__file__).parent


def rows(file_name: str) -> list[tuple[str, list[str]]]:
    """Return (section, cells) for every row; sections are lines such as "[bags] Bags | 箱包"."""
    section = ""
    found = []
    for line in (FOLDER / file_name).read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line
            continue
        found.append((section, [cell.strip() for cell in line.split("|")]))
    return found


def words(cell: str) -> tuple[str, ...]:
    """Split a comma-parted cell."""
    return tuple(word.strip() for word in cell.split(",") if word.strip())


def spaced(text: str) -> tuple[str, ...]:
    """Split a list of single words at its spaces."""
    return tuple(text.split())


def fold(text: str) -> str:
    """One spelling for comparing: width and case folded, spaces single."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def has_cjk(text: str) -> bool:
    """Whether the text holds at least one Chinese character."""
    return any("㐀" <= char <= "鿿" for char in text)
