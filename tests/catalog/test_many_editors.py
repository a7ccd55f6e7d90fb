"""The editor, the list and bulk edits on the same few products at the same moments."""

from typing import Any

import pytest

from catalog.products.models import Product
from ecomportal.tenancy.context import tenant
from tests.catalog.editing import Crowd


def test_many_edits_at_once_lose_nothing_and_every_conflict_is_told(transactional_db: Any) -> None:
    crowd = Crowd(n_products=2)
    crowd.edit(36)
    crowd.check()
    assert crowd.n_conflicts > 0, "nobody met anybody: this tested nothing"


def test_the_proof_finds_a_value_written_over_unseen(transactional_db: Any) -> None:
    crowd = Crowd(n_products=1)
    crowd.edit(4)
    crowd.check()
    with tenant(crowd.shop):
        Product.objects.update(vendor="unseen")
    with pytest.raises(AssertionError):
        crowd.check()
