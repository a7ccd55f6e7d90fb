"""The list writes ids in 22 characters; addresses and forms take either form."""

from uuid import UUID, uuid4

import pytest

from catalog.products.listing.shortened import long, short
from catalog.products.selection import selected_ids
from tests.factories import make_product


def test_both_forms_name_the_same() -> None:
    for pk in (uuid4(), UUID(int=0), UUID(int=2**128 - 1)):
        assert len(short(pk)) == 22
        assert long(short(pk)) == long(str(pk)) == pk


@pytest.mark.parametrize("text", ["", "x", "é" * 22, "=" * 22, "....................--", "A" * 23])
def test_what_is_no_id_is_refused(text: str) -> None:
    assert selected_ids([text]) == []


def test_a_selection_takes_either_form_and_each_product_once() -> None:
    one, other = uuid4(), uuid4()
    assert selected_ids([short(one), str(one), f"{short(other)},{one}"]) == [one, other]


def test_a_product_opens_by_either_address_and_another_shops_by_none(
    alice, mallory, shop, other_shop, client_of
) -> None:
    mine, theirs = make_product(shop, "Kettle"), make_product(other_shop, "Anchor")
    client = client_of(alice)
    for form in (str, short):
        assert client.get(f"/northlight/products/{form(mine.pk)}/").status_code == 200
        assert client.get(f"/northlight/products/{form(theirs.pk)}/").status_code == 404
    assert client.get(f"/northlight/products/{short(mine.pk)[:-1]}B/").status_code == 404
