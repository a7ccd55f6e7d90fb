"""Views with one scope taken out: the mutants that the authorisation matrix must catch.

A scope is `request.merchant.<rows>` (becomes the rows of every shop) or the roles of
`merchant_required` (become everybody). As a pytest plugin (`-p tests.security.mutants`) this
module plants the mutant that MUTANT names into its module while it is imported.
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("ecomportal", "catalog", "aiassist")
EVERY_SHOP = "__import__('tests.security.mutants', fromlist=['x']).every_shop"


# Functions whose row was found in the shop before, or is the person's own, and is only looked up
# again by its id: a scope more or less changes nothing that anybody could see.
EQUIVALENT = {
    ("catalog.products.api", "fresh"),
    ("catalog.products.api", "lock"),
    ("catalog.products.editor", "_write"),
    ("catalog.products.feeds.views", "feed"),
    ("catalog.products.imports.views", "_report_page"),
    ("catalog.products.listing.own", "_mine"),
    ("ecomportal.tenancy.views", "_enter"),
    ("ecomportal.tenancy.views", "team_role"),
}


@dataclass(frozen=True)
class Mutant:
    """One place: a module and the characters of its source that are replaced."""

    module: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    @property
    def key(self) -> str:
        return f"{self.module}:{self.line}:{self.column}"

    def apply(self, source: str) -> str:
        lines = source.splitlines(keepends=True)
        head = "".join(lines[: self.line - 1]) + _upto(lines[self.line - 1], self.column)
        tail = _from(lines[self.end_line - 1], self.end_column) + "".join(lines[self.end_line :])
        return head + self.text + tail


def _upto(line: str, column: int) -> str:
    return line.encode()[:column].decode()  # ast counts columns in bytes


def _from(line: str, column: int) -> str:
    return line.encode()[column:].decode()


def every_shop(accessor: str) -> Any:
    """The rows a merchant calls by this name, of all merchants."""
    from ecomportal.tenancy.models import Merchant

    for relation in Merchant._meta.related_objects:
        if relation.get_accessor_name() == accessor:
            return relation.related_model.objects.all()
    raise LookupError(accessor)


def all_mutants() -> list[Mutant]:
    return [m for path in sorted(_views()) for m in _mutants_of(path)]


def _views() -> Iterator[Path]:
    """Modules that answer requests: those that name merchant_required or ShopView."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            source = path.read_text()
            is_base = path.name in ("access.py",) or path.parts[-2:] == ("web", "api.py")
            if not is_base and ("merchant_required" in source or "ShopView" in source):
                yield path


def _mutants_of(path: Path) -> Iterator[Mutant]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for node in _nodes(module, ast.parse(path.read_text())):
        if text := _unscoped(node) or _opened(node):
            place = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
            yield Mutant(module, *place, text)


def _nodes(module: str, tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those of bodies whose mutants nobody could tell from the original."""
    for node in ast.iter_child_nodes(tree):
        if (module, getattr(node, "name", "")) in EQUIVALENT:
            for decorator in node.decorator_list:
                yield from (decorator, *_nodes(module, decorator))
        else:
            yield node
            yield from _nodes(module, node)


def _unscoped(node: ast.AST) -> str:
    """`request.merchant.products` -> the products of every shop."""
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)):
        return ""
    inner = node.value
    is_merchant = inner.attr == "merchant" and isinstance(inner.value, ast.Name)
    if is_merchant and inner.value.id == "request" and node.attr in _accessors():
        return f"{EVERY_SHOP}({node.attr!r})"
    return ""


def _opened(node: ast.AST) -> str:
    """`merchant_required(*EDITORS)` -> `merchant_required()`."""
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    if is_call and node.func.id == "merchant_required" and node.args:
        names = ast.unparse(node)
        return "" if "EVERYONE" in names else "merchant_required()"
    return ""


def _accessors() -> set[str]:
    from ecomportal.tenancy.models import Merchant

    return {relation.get_accessor_name() for relation in Merchant._meta.related_objects}


class Planter(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from its source with the mutant in it, and every other as always."""

    def __init__(self, wanted: str) -> None:
        self.module, line, column = wanted.split(":")
        self.place = int(line), int(column)

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self.module:
            return None
        self.path = ROOT / f"{name.replace('.', '/')}.py"
        return importlib.util.spec_from_loader(name, self, origin=str(self.path))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        found = [m for m in _mutants_of(self.path) if (m.line, m.column) == self.place]
        source = found[0].apply(self.path.read_text())
        exec(compile(source, str(self.path), "exec"), module.__dict__)


if wanted := os.environ.get("MUTANT"):
    sys.meta_path.insert(0, Planter(wanted))
