"""The admin: a shop's rows only with a reason, searchable, without a query per row."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.products.models import Product
from ecomportal.admin_site import CHOSEN, ReadOnlyAdmin, TenantAdmin
from ecomportal.tenancy import rls
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.factories import make_product, make_user
from tests.rows import make_row

pytestmark = pytest.mark.django_db
HISTORY = {m for m in rls.tenant_models() if m._meta.db_table.endswith("event")}
TABLES = sorted(set(rls.tenant_models()) - HISTORY, key=lambda m: m._meta.label)
MANY = [m for m in TABLES if m._meta.pk.name != "merchant"]  # of the others a shop has one row
REASON = "Ticket 812: the owner asked for help"


@pytest.fixture
def staff(client_of: Any) -> Client:
    return client_of(make_user("root@example.com", is_staff=True, is_superuser=True))


@pytest.fixture
def inside(staff: Client, shop: Any) -> Client:
    staff.post(reverse("admin:choose-shop"), {"merchant": shop.pk, "reason": REASON})
    return staff


def list_of(model: str) -> str:
    return reverse(f"admin:{model}_changelist")


def test_without_a_shop_its_rows_are_not_shown(staff: Client, shop: Any) -> None:
    make_product(shop, "Secret kettle")
    answer = staff.get(list_of("catalog_product"), follow=True)
    assert "Secret kettle" not in answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("admin:choose-shop")


def test_a_shop_opens_with_a_reason_that_its_owner_can_read(inside: Client, shop: Any) -> None:
    make_product(shop, "Open kettle")
    assert "Open kettle" in inside.get(list_of("catalog_product")).content.decode()
    with tenant(shop):
        entry = AuditEntry.objects.get(action="admin.entered")
    assert entry.detail == {"reason": REASON}


@pytest.mark.parametrize("reason", ["", "why"])
def test_no_reason_no_rows(staff: Client, shop: Any, reason: str) -> None:
    answer = staff.post(reverse("admin:choose-shop"), {"merchant": shop.pk, "reason": reason})
    assert answer.status_code == 422
    assert CHOSEN not in staff.session


def test_only_the_chosen_shop_is_shown(inside: Client, other_shop: Any) -> None:
    theirs = make_product(other_shop, "Their kettle")
    assert "Their kettle" not in inside.get(list_of("catalog_product")).content.decode()
    page = inside.get(reverse("admin:catalog_product_change", args=[theirs.pk]), follow=True)
    assert "Their kettle" not in page.content.decode()


def test_leaving_closes_the_shop(inside: Client) -> None:
    inside.post(reverse("admin:leave-shop"))
    assert inside.get(list_of("catalog_product")).status_code == 302


def test_an_edit_keeps_history_and_audit(inside: Client, shop: Any) -> None:
    product = make_product(shop, "Old name")
    address = reverse("admin:catalog_product_change", args=[product.pk])
    form = inside.get(address).context["adminform"].form
    values = {k: form[k].value() for k in form.fields}
    sent = {k: "" if v is None else v for k, v in values.items()}
    sent |= {"title": "New name", "tags": "", "option_names": "", "extra": "{}"}
    sent |= {f"{name}_{n}": "" for name in ("created_at", "updated_at", "deleted_at") for n in "01"}
    sent |= {"created_at_0": "2026-01-01", "created_at_1": "10:00:00"}
    sent |= {"updated_at_0": "2026-01-01", "updated_at_1": "10:00:00"}
    answer = inside.post(address, sent)
    assert answer.status_code == 302, answer.context["errors"]
    with tenant(shop):
        product = Product.objects.get(pk=product.pk)
        assert (product.title, product.version) == ("New name", 2)
        events = list(product.events.order_by("pgh_id").values_list("title", flat=True))
        assert events == ["Old name", "New name"]
        assert AuditEntry.objects.filter(action="admin.changed").exists()


def test_audit_and_jobs_are_read_only() -> None:
    for name in ("ecomportal.AuditEntry", "ecomportal.Job", "catalog.Change", "catalog.ImportRun"):
        model = next(m for m in admin.site._registry if m._meta.label == name)
        assert isinstance(admin.site._registry[model], ReadOnlyAdmin)


def test_every_table_is_registered_and_searchable() -> None:
    for model in TABLES:
        registered = admin.site._registry.get(model)
        assert isinstance(registered, TenantAdmin), f"{model._meta.label} is not in the admin"
        assert registered.search_fields, f"{model._meta.label} cannot be searched"


def n_statements(client: Client, model: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(list_of(model)).status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", MANY, ids=lambda model: model._meta.label_lower)
def test_a_list_costs_the_same_at_three_and_twelve_rows(
    inside: Client, shop: Any, model: type[Model]
) -> None:
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    counts = []
    for n_more in (3, 9):
        with tenant(shop):
            for _ in range(n_more):
                make_row(model, shop)
        counts.append(n_statements(inside, name))
    with tenant(shop):
        assert model.objects.count() >= 12
    assert counts[0] == counts[1], f"{model._meta.label}: {counts}"


def test_every_list_opens_and_searches(inside: Client, shop: Any) -> None:
    make_product(shop, facts={"material": "steel"})
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert inside.get(address).status_code == 200, address
        if admin.site._registry[model].search_fields:
            assert inside.get(address, {"q": "steel"}).status_code == 200, address


def test_members_of_a_shop_do_not_get_in(client_of: Any, alice: Any) -> None:
    client = client_of(alice)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_a_stranger_signs_in_on_the_portals_own_page() -> None:
    answer = Client().get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
