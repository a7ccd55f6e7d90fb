"""What every page wants is put together when static files are collected, and only then."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.management import call_command
from django.template.loader import render_to_string

from ecomportal.web.bundles import BUNDLES, BundlingStorage, files_of

STATIC = Path(__file__).resolve().parents[2] / "static"


@pytest.fixture(scope="module")
def collected(tmp_path_factory: Any) -> Path:
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("static")
    backend = {"BACKEND": "ecomportal.web.bundles.BundlingStorage"}
    with override_settings(STATIC_ROOT=folder, STORAGES={"staticfiles": backend}):
        call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
        call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
    return folder


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_bundle_is_its_parts_in_their_order(collected: Path, bundle: str) -> None:
    parts = [(STATIC / part).read_bytes() for part in BUNDLES[bundle]]
    assert (collected / bundle).read_bytes() == b"\n".join(parts)
    stem, _dot, ending = bundle.rpartition(".")
    named = list(collected.glob(f"{stem}.*.{ending}"))
    assert len(named) == 1, "collected twice, it is there once under its name with a hash"


def test_what_a_bundle_points_at_is_there(collected: Path) -> None:
    whole = next(collected.glob("css/portal.*.css")).read_text()
    for address in {part.split(")")[0].strip("\"'") for part in whole.split("url(")[1:]}:
        if not address.startswith("data:"):
            assert (collected / "css" / address).resolve().exists(), address


def test_where_nothing_was_collected_the_parts_are_named() -> None:
    assert files_of("js/portal.js", StaticFilesStorage()) == BUNDLES["js/portal.js"]
    assert files_of("js/portal.js", BundlingStorage()) == ["js/portal.js"]
    page = render_to_string("components/_head.html")
    assert page.count("stylesheet") in (1, len(BUNDLES["css/portal.css"]))
