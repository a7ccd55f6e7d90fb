"""Find every message of the project and compare with the Chinese translations.

Each area keeps its own PO file; together they become the `django.mo` that Django reads. All is
done with Babel, so that no gettext tools are needed.
"""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
APPS = ("ecomportal", "catalog", "aiassist")
# gettext's functions as this project names them, and how many of their arguments are messages.
KEYWORDS = {
    "_": None,
    "_g": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    # Messages to store, see ecomportal/said.py.
    "said": None,
    "said_n": (1, 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
Key = tuple[str, str]  # context, message


@dataclass
class Report:
    """What is wrong, one line each."""

    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    mismatched: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    @property
    def n_problems(self) -> int:
        return sum(map(len, (self.missing, self.stale, self.mismatched, self.doubled)))


def folder(base: Path | None = None) -> Path:
    return (base or settings.BASE_DIR) / "locale" / LOCALE / "LC_MESSAGES"


def used(base: Path | None = None) -> dict[Key, str]:
    """Every message of the code and the templates, with a place where it stands."""
    base = base or settings.BASE_DIR
    found: dict[Key, str] = {}
    for path, source in _sources(base):
        for line, message, _, context in extract("python", io.BytesIO(source), KEYWORDS):
            single = message if isinstance(message, str) else message[0]
            if single:
                found.setdefault((context or "", single), f"{path.relative_to(base)}:{line}")
    return found


def _sources(base: Path) -> Iterator[tuple[Path, bytes]]:
    for app in APPS:
        for path in sorted((base / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for path in sorted((base / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield path, _as_python(templatize(path.read_text(), origin=str(path))).encode()


def _as_python(text: str) -> str:
    """Django leaves of a template only gettext calls among letters and blanks. Babel reads Python,
    where indentation matters everywhere but inside brackets."""
    return f"({text}\n)"


def catalogs(base: Path | None = None) -> list[tuple[str, Catalog]]:
    """The PO file of each area."""
    return [
        (path.stem, read_po(io.BytesIO(path.read_bytes()), locale=LOCALE, domain="django"))
        for path in sorted(folder(base).glob("*.po"))
    ]


def merged(base: Path | None = None) -> Catalog:
    """One catalogue of all areas; only finished translations."""
    whole = Catalog(locale=LOCALE, domain="django")
    for _, catalog in catalogs(base):
        for message in catalog:
            if message.id and _text(message) and not message.fuzzy:
                whole.add(message.id, message.string, context=message.context)
    return whole


def compile_catalog(base: Path | None = None) -> bool:
    """Write `django.mo` if a PO file is newer than it; tells whether it did."""
    target = folder(base) / "django.mo"
    newest = max((path.stat().st_mtime_ns for path in folder(base).glob("*.po")), default=0)
    if target.exists() and target.stat().st_mtime_ns > newest:
        return False
    # Whole or not at all: several processes may start at once.
    draft = target.with_name(f"django.mo.{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, merged(base))
    draft.replace(target)
    return True


def check(base: Path | None = None) -> Report:
    report, wanted, seen = Report(), used(base), {}
    for area, catalog in catalogs(base):
        for message in catalog:
            if not message.id:
                continue
            key = _key(message)
            if key not in wanted:
                report.stale.append(f"{area}.po: {key[1]!r}")
            if key in seen and seen[key] != _text(message):
                report.doubled.append(f"{area}.po: {key[1]!r} is translated differently elsewhere")
            if _text(message) and not message.fuzzy:
                seen.setdefault(key, _text(message))
                report.mismatched += [f"{area}.po: {key[1]!r} {why}" for why in _differs(message)]
    report.missing = [f"{place}: {key[1]!r}" for key, place in wanted.items() if key not in seen]
    return report


def _key(message: Message) -> Key:
    single = message.id if isinstance(message.id, str) else message.id[0]
    return message.context or "", single


def _text(message: Message) -> str:
    string = message.string
    return string if isinstance(string, str) else (string[0] if string else "")


def _differs(message: Message) -> list[str]:
    """Placeholders that one side has and the other lacks."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    # Chinese has one form for any number: it may use what either English form uses.
    wanted = [set(PLACEHOLDER.findall(text)) for text in ids]
    has = set(PLACEHOLDER.findall(_text(message)))
    if any(has == names for names in wanted):
        return []
    return [f"has the placeholders {sorted(map(str, has))}, not {sorted(map(str, wanted[-1]))}"]
