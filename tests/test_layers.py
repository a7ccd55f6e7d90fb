"""Who may import whom: only leftwards, and torch never reaches a web process."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# From the ground up; a package may import what stands before it, and itself.
ORDER = [
    "ecomportal.ids",
    "ecomportal.said",
    "ecomportal.sealed",
    "ecomportal.embedded",
    "ecomportal.tenancy",
    "ecomportal.jobs",
    "ecomportal.web",
    "ecomportal.webhooks",
    "ecomportal",
    "catalog.products.vocabulary",
    "catalog.products",
    "catalog.orders",
    "catalog.conversations",
    "catalog",
    "aiassist.registry",
    "aiassist.profiles",
    "aiassist.inference",
]
FEATURES = "aiassist.copywriting", "aiassist.segments", "aiassist.recommender"
# The frame that everything is hung into: the packages' names, and the thin tasks that views start.
FREE = {
    "ecomportal.celery",
    "catalog",
    "catalog.tasks",
    "aiassist",
    "aiassist.tasks",
}
NOT_LAYERED = {
    # They gather or expose all areas by their nature.
    "ecomportal/models.py",
    "ecomportal/urls.py",
    "ecomportal/shop_urls.py",
    "ecomportal/api_urls.py",
    "ecomportal/platform_urls.py",
    "aiassist/home.py",
}
# The endpoint of an area may use the web's base, as its views do.
FACES = {"views.py", "api.py", "forms.py", "urls.py"}


def files() -> list[Path]:
    parts = [ROOT / name for name in ("ecomportal", "catalog", "aiassist")]
    return [p for part in parts for p in part.rglob("*.py") if "migrations" not in p.parts]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_ours(module: str) -> bool:
    return module.split(".")[0] in ("ecomportal", "catalog", "aiassist")


def layer_of(module: str) -> int | None:
    """The place of a module in ORDER; the longest name that fits counts."""
    fits = [n for n, name in enumerate(ORDER) if module == name or module.startswith(f"{name}.")]
    return max(fits, key=lambda n: len(ORDER[n])) if fits else None


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    if str(path.relative_to(ROOT)) in NOT_LAYERED:
        return
    mine = layer_of(module_of(path))
    web = ORDER.index("ecomportal.web")
    for name in imports_of(path):
        if name in FREE or name.startswith("ecomportal.celery.") or not is_ours(name):
            continue
        its = layer_of(name)
        if mine is None or its is None or its <= mine:
            continue
        if path.name in FACES and its == web:
            continue
        pytest.fail(f"{path.relative_to(ROOT)} imports {name}, which stands above it")


def test_the_apps_are_stacked() -> None:
    for path in files():
        app = path.relative_to(ROOT).parts[0]
        if str(path.relative_to(ROOT)) in NOT_LAYERED:
            continue
        for name in imports_of(path):
            top = name.split(".")[0]
            assert not (app == "ecomportal" and top in ("catalog", "aiassist")), f"{path}: {name}"
            assert not (app == "catalog" and top == "aiassist"), f"{path}: {name}"


def test_features_do_not_import_each_other() -> None:
    for path in files():
        mine = next((f for f in FEATURES if module_of(path).startswith(f)), None)
        for name in imports_of(path) if mine else ():
            other = next((f for f in FEATURES if name.startswith(f)), None)
            assert other in (None, mine), f"{path} imports {name}"


def test_pure_code_imports_no_framework() -> None:
    for part in ("aiassist/ml", "catalog/products/vocabulary"):
        for path in (ROOT / part).rglob("*.py"):
            tops = {name.split(".")[0] for name in imports_of(path)}
            assert not tops & {"django", "celery", "ecomportal"}, f"{path}: {tops}"


def test_a_web_process_loads_no_torch() -> None:
    code = (
        "import sys, ecomportal.wsgi; from django.urls import get_resolver; "
        "get_resolver().url_patterns; from django.test import Client; "
        "print([m for m in ('torch', 'transformers', 'sklearn', 'scipy') if m in sys.modules])"
    )
    # A run with tests before this one may have set DATABASE_URL, and then a key is asked for.
    env = {**os.environ, "SECRET_KEY": "for this process alone"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, env=env
    )
    assert done.stdout.strip() == "[]"
