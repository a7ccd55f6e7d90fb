"""The third wall stands, and the check that guards it sees each way it could fall."""

from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from ecomportal.tenancy import rls

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_the_app_role_finds_nothing_wrong():
    assert rls.problems(connection) == []


@pytest.fixture
def breach() -> Callable[[str], str]:
    """Runs one statement as the owner and tells what the check says of it; nothing stays."""

    def found(statement: str) -> str:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            before = set(rls.problems(connections["owner"]))
            cursor.execute(statement)
            after = set(rls.problems(connections["owner"]))
            transaction.set_rollback(True, using="owner")
        return "\n".join(after - before)

    return found


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("GRANT EXECUTE ON FUNCTION enter_shop(bigint, text) TO PUBLIC", "Every role may call"),
        ("ALTER TABLE catalog_product NO FORCE ROW LEVEL SECURITY", "catalog_product has a"),
        ("ALTER TABLE catalog_fact DISABLE ROW LEVEL SECURITY", "catalog_fact has a"),
        ("DROP POLICY tenant ON catalog_variant", "catalog_variant has a"),
        (
            "ALTER TABLE catalog_variant DROP CONSTRAINT catalog_variant_product_id_tenant_fk",
            "catalog_variant.product_id may point at another shop's row",
        ),
        ("CREATE TABLE catalog_new (merchant_id bigint)", "catalog_new has a merchant_id but no"),
        (
            "GRANT USAGE ON SCHEMA parts TO ecom_app; "
            "GRANT SELECT ON parts.interaction_rest TO ecom_app",
            "may reach parts.interaction_rest past the policies of its table",
        ),
    ],
)
def test_what_breaches_it_is_told(breach, statement, told):
    assert told in breach(statement)
