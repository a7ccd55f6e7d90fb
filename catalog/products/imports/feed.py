"""An XML feed (RSS 2.0, Atom, or any list of like elements) as rows of text, read as a stream.

Expat reads it with nothing a feed does not need: a document that declares an entity is refused
before any can be used, and nothing outside the file is ever looked up.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from catalog.products.imports.problems import Refused

CHUNK = 1 << 16  # bytes
ITEMS = ("item", "entry", "product", "offer", "record", "row")
MAX_DEPTH = 30
MAX_FIELDS = 1000
MAX_TEXT = 500_000  # characters of one element, as in a table
DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
# Encodings of several bytes that expat does not know; the text is put into UTF-8 for it.
WIDE = {"gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"}
SAME = {"summary": "description", "content": "description"}  # Atom's words for it

Item = dict[str, str]


class _Items:
    """Collects one item after the other; elements below an item's own are joined by colons."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.tag, self.depth = "", 0  # of the elements that are items
        self.done: list[Item] = []
        self.item: dict[str, list[str]] = {}
        self.parts: list[list[str]] = []  # texts of the elements open below the item
        self.texts: list[str] = []
        self.n_characters = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2].lower()
        self.path.append(name)
        if len(self.path) > MAX_DEPTH or self.path[0] == "html":
            raise Refused("is_markup")
        if not self.tag and name in ITEMS and len(self.path) > 1:
            self.tag, self.depth = name, len(self.path)
        if name == self.tag and len(self.path) == self.depth:
            self.item, self.parts = {}, []
        elif self._is_inside():
            self.parts.append([])
            self.texts, self.n_characters = [attributes.get("href", "")], 0

    def _is_inside(self) -> bool:
        return bool(self.tag) and len(self.path) > self.depth

    def text(self, text: str) -> None:
        if not self._is_inside():
            return
        self.n_characters += len(text)
        if self.n_characters > MAX_TEXT:
            raise Refused("field_too_large", name=self.path[self.depth], limit=MAX_TEXT)
        self.texts.append(text)

    def end(self, name: str) -> None:
        if self._is_inside():
            self._close()
        elif self.tag and len(self.path) == self.depth and self.path[-1] == self.tag:
            self.done.append({name: ",".join(texts) for name, texts in self.item.items()})
        self.path.pop()

    def _close(self) -> None:
        below, own = self.parts.pop(), "".join(self.texts).strip()
        text = ":".join([*below, *([own] if own or not below else [])])
        self.texts, self.n_characters = [], 0
        if self.parts:
            self.parts[-1].append(text)
            return
        name = self.path[-1]
        if self.tag == "entry":
            name = SAME.get(name, name)
        if text and text not in self.item.setdefault(name, []):
            self.item[name].append(text)
        if len(self.item) > MAX_FIELDS:
            raise Refused("is_markup")


def _refuse_entities(*_: Any) -> None:
    raise Refused("has_entities")


def items(path: Path) -> Iterator[Item]:
    """Every item of the feed. Raises `Refused` where the document is broken or dangerous."""
    found = _Items()
    with path.open("rb") as file:
        declared = DECLARED.match(file.read(200).lstrip(codecs.BOM_UTF8))
        name = declared[1].decode().lower() if declared else ""
        file.seek(0)
        decoder = codecs.getincrementaldecoder(name)("replace") if name in WIDE else None
        parser = _parser(found, "utf-8" if decoder else None)
        is_last = False
        while not is_last:
            chunk = file.read(CHUNK)
            is_last = not chunk
            if decoder:
                chunk = decoder.decode(chunk, is_last).encode()
            try:
                parser.Parse(chunk, is_last)
            except (expat.ExpatError, ValueError, LookupError) as error:
                line = getattr(error, "lineno", parser.CurrentLineNumber)
                raise Refused("broken_xml", line=line) from error
            yield from found.done
            found.done = []


def _parser(found: _Items, encoding: str | None) -> Any:
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.text
    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = _refuse_entities
    parser.ExternalEntityRefHandler = _refuse_entities
    return parser


def columns(path: Path) -> list[str]:
    """The elements that the items of the feed have, in the order in which they first stand."""
    names: dict[str, None] = {}
    for item in items(path):
        names.update(dict.fromkeys(item))
        if len(names) > MAX_FIELDS:
            raise Refused("is_markup")
    return list(names)


def rows(path: Path, header: list[str]) -> Iterator[list[str]]:
    for item in items(path):
        yield [item.get(name, "") for name in header]
