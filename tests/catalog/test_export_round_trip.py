"""What leaves the shop comes back as it is: an import of an own export changes nothing."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog.products.exports.views import FORMATS
from ecomportal.tenancy.context import tenant
from tests.catalog.exporting import dry_run, exported, make, products

# Without shrinking: every step of it would write and read whole products again.
slow = settings(
    max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.parametrize("name", FORMATS)
@slow
@given(drawn=st.lists(products, min_size=1, max_size=4), with_bom=st.booleans())
def test_an_own_export_changes_nothing(
    name: str, shop: Any, drawn: list[dict[str, Any]], with_bom: bool
) -> None:
    with tenant(shop):
        for n, one in enumerate(drawn):
            make(shop, n, one)
        rows = dry_run(shop, exported(shop, name, with_bom=with_bom))
        told = [(row.outcome, row.diff, row.parsed.problems) for row in rows]
        assert told == [("unchanged", [], [])] * len(drawn)
        transaction.set_rollback(True)
