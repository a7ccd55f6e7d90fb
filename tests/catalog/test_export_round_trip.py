"""What leaves the shop comes back as it is: an import of an own export changes nothing."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog.products.exports import own
from catalog.products.exports.views import FORMATS
from catalog.products.models import Variant
from ecomportal.tenancy.context import tenant
from tests.catalog.exporting import as_csv, as_far_as, dry_run, exported, make, products
from tests.factories import make_product

# Without shrinking: every step of it would write and read whole products again.
slow = settings(
    max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


# Google's table says less than we know and more than we keep: see the test of its own.
LOSSLESS = [name for name in FORMATS if name != "google"]


@pytest.mark.parametrize("name", LOSSLESS)
@slow
@given(drawn=st.lists(products, min_size=1, max_size=4), with_bom=st.booleans())
def test_an_own_export_changes_nothing(
    name: str, shop: Any, drawn: list[dict[str, Any]], with_bom: bool
) -> None:
    with tenant(shop):
        for n, one in enumerate(drawn):
            make(shop, n, as_far_as(name, one))
        content = exported(shop, name, with_bom=with_bom)
        rows = dry_run(shop, as_csv(content) if name == "xlsx" else content)
        told = [(row.outcome, row.diff, row.parsed.problems) for row in rows]
        assert told == [("unchanged", [], [])] * len(drawn)
        transaction.set_rollback(True)


@slow
@given(
    drawn=st.lists(products, min_size=1, max_size=2),
    left_out=st.sets(
        st.sampled_from([*own.COLUMNS, "description:en", "seo_title:zh", "fact:colour", "extra"])
    ),
)
def test_neither_does_one_with_some_of_the_columns(
    shop: Any, drawn: list[dict[str, Any]], left_out: set[str]
) -> None:
    with tenant(shop):
        for n, one in enumerate(drawn):
            make(shop, n, one)
        columns = own.narrowed(own.columns(shop.products.all(), shop), left_out)
        rows = dry_run(shop, exported(shop, "own", columns=columns))
        told = [(row.outcome, row.diff, row.parsed.problems) for row in rows]
        assert told == [("unchanged", [], [])] * len(drawn)
        transaction.set_rollback(True)


def test_a_round_trip_can_tell_a_change(shop: Any) -> None:
    """Else nothing above would mean anything."""
    product = make_product(shop, "Kettle", vendor="Acme", facts={"colour": "blue"})
    for name in LOSSLESS:
        with tenant(shop):
            product.vendor = "Acme"
            product.save()
            content = exported(shop, name)
            product.vendor = "Other"
            product.save()
            (row,) = dry_run(shop, as_csv(content) if name == "xlsx" else content)
            assert [entry["field"] for entry in row.diff] == ["vendor"], name


@slow
@given(drawn=st.lists(products, min_size=1, max_size=3))
def test_of_googles_table_only_what_it_adds_comes_back(
    shop: Any, drawn: list[dict[str, Any]]
) -> None:
    """Links and the like are kept beside the product; what both sides know is the same."""
    with tenant(shop):
        for n, one in enumerate(drawn):
            make(shop, n, {**one, "texts": {}, "title": f"Pot {n}", "category": "Pots > 茶壶",
                           "compare_at": None, "extra": {}, "facts": {}})  # fmt: skip
        Variant.objects.all().update(sku=Concat(Value("G"), Cast("id", TextField())))
        rows = dry_run(shop, exported(shop, "google"), "a.tsv")
        told = {entry["field"] for row in rows for entry in row.diff}
        assert [row.parsed.problems for row in rows] == [[]] * len(drawn)
        assert told <= {"extra", "option_names"}, told
        transaction.set_rollback(True)
