"""What the database takes when a customer is erased, and whom it lets in no more."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aiassist.profiles.models import ProfileRefresh
from aiassist.segments.customers.models import KeptFigures
from catalog.conversations.models import Conversation, Utterance
from catalog.orders.erasures import erased_among, fingerprint
from catalog.orders.imports.models import IntakeRow, IntakeRun
from catalog.orders.models import Customer, Interaction, Order, OrderLine
from catalog.orders.taking import customers, orders
from catalog.orders.taking.orders import Planned
from ecomportal.jobs.models import Job
from ecomportal.said import said
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry

pytestmark = pytest.mark.django_db


def make_customer(shop, number="C-20417", **fields):
    return Customer.objects.create(merchant=shop, external_id=number, **fields)


def make_order(shop, customer, number="A-100-77", **fields):
    values = {"status": "paid", "currency": "EUR", "total_cents": 4900, **fields}
    order = Order.objects.create(
        merchant=shop, customer=customer, number=number, ordered_at=timezone.now(), **values
    )
    OrderLine.objects.create(
        merchant=shop, order=order, line_number="gid-1", sku="MUG", quantity=1,
        unit_price_cents=4900,
    )  # fmt: skip
    return order


def erase(shop, customer, *, with_orders=False):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT erase_customer(%s, %s, %s, NULL)", [shop.pk, customer.pk, with_orders]
        )
        return cursor.fetchone()[0]


def test_orders_stay_without_her(shop):
    with tenant(shop):
        order = make_order(shop, make_customer(shop))
        erase(shop, order.customer)
        kept = Order.objects.get()
        assert (kept.customer_id, kept.total_cents, kept.status) == (None, 4900, "paid")
        assert kept.pk != order.pk
        assert kept.number.startswith("erased-")
        assert timezone.localtime(kept.ordered_at).hour == 0
        assert list(kept.lines.values_list("line_number", "sku")) == [("1", "MUG")]


def test_orders_go_if_asked(shop):
    with tenant(shop):
        order = make_order(shop, make_customer(shop))
        counts = erase(shop, order.customer, with_orders=True)
        assert not Order.objects.exists()
        assert not OrderLine.objects.exists()
        assert json.loads(counts)["catalog_orderline"] == 1


def test_chats_go_with_every_word_even_one_known_by_its_order_alone(shop):
    with tenant(shop):
        order = make_order(shop, make_customer(shop))
        for n, who in enumerate([order.customer, None]):
            chat = Conversation.objects.create(
                merchant=shop, external_id=f"chat-{n}", customer=who, order=order,
                started_at=timezone.now(),
            )  # fmt: skip
            Utterance.objects.create(
                merchant=shop, conversation=chat, external_id="1", position=1, text="where is it",
                speaker="customer", at=timezone.now(),
            )  # fmt: skip
        erase(shop, order.customer)
        assert not Conversation.objects.exists()
        assert not Utterance.objects.exists()


def test_another_with_the_same_name_keeps_everything(shop):
    with tenant(shop):
        her = make_customer(shop, "C-20417", name="Anna Smith")
        other = make_customer(shop, "C-20418", name="Anna Smith")
        order = make_order(shop, other)
        erase(shop, her)
        other.refresh_from_db()
        assert other.name == "Anna Smith"
        assert Order.objects.get().pk == order.pk
        assert other.profile.pk == other.pk


def test_records_of_what_was_done_stay_without_her_words(shop):
    with tenant(shop):
        her = make_customer(shop, name="Anna Smith", email_sha256="ab" * 32)
        entry = AuditEntry.objects.create(
            merchant=shop, actor_label="alice", action="x", subject="Anna Smith",
            detail={"customer": str(her.pk), "n": 5, "who": ["C-20417", "C-204171"]},
        )  # fmt: skip
        job = Job.objects.create(
            merchant=shop, kind="x", title=said("Import %(name)s", name="Anna Smith, C-20417"),
            params={"q": "q=Anna+Smith", her.external_id: 1},
        )  # fmt: skip
        erase(shop, her)
        entry.refresh_from_db()
        job.refresh_from_db()
        assert str(entry.subject) == "[erased]"
        assert entry.detail == {
            "customer": "[erased]", "n": 5, "who": ["[erased]", "C-204171"],
        }  # fmt: skip
        assert str(job.title) == "Import [erased], [erased]"
        assert job.params == {"q": "q=[erased]", "[erased]": 1}


@pytest.mark.parametrize(
    ("name", "number", "kept"),
    [("Rose", "1001", "Rose 1001 kettles"), ("雪", "7", "雪地靴 7 双")],
)
def test_a_word_that_also_means_something_else_is_taken_only_alone(shop, name, number, kept):
    with tenant(shop):
        her = make_customer(shop, number, name=name)
        texts = [kept, name, number]
        entries = [
            AuditEntry.objects.create(
                merchant=shop, actor_label="a", action="x", subject=text, detail={"t": text, "n": 7}
            )
            for text in texts
        ]
        erase(shop, her)
        for entry, text in zip(entries, [kept, "[erased]", "[erased]"], strict=True):
            entry.refresh_from_db()
            assert (str(entry.subject), entry.detail) == (text, {"t": text, "n": 7})


def test_the_shop_of_the_transaction_is_the_only_one(shop, other_shop):
    with tenant(other_shop):
        theirs = make_customer(other_shop)
    with tenant(shop):
        assert erase(shop, theirs) is None
        with pytest.raises(Exception, match="not the one at hand"), transaction.atomic():
            erase(other_shop, theirs)
    with tenant(other_shop):
        assert Customer.objects.filter(pk=theirs.pk).exists()


def test_only_a_fingerprint_stays_and_it_is_recognised(shop):
    with tenant(shop):
        her = make_customer(shop)
        Interaction.objects.create(
            merchant=shop, customer=her, kind="view", session_id="session-1", at=timezone.now()
        )
        erase(shop, her)
        kept = shop.erasures.get()
        assert kept.key_hash == fingerprint(shop.pk, "C-20417")
        assert kept.counts["catalog_interaction"] == kept.counts["catalog_customer"] == 1
        assert erased_among(shop, ["C-20417", "C-1"]) == {"C-20417": kept.at}


def test_an_erased_number_comes_back_by_no_way_until_it_is_let_in(shop):
    with tenant(shop):
        erase(shop, make_customer(shop))
        with pytest.raises(IntegrityError, match="erased"), transaction.atomic():
            Customer.objects.bulk_create(
                [Customer(merchant=shop, external_id=n) for n in ("C-1", "C-20417")]
            )
        other = make_customer(shop, "C-2")
        with pytest.raises(IntegrityError, match="erased"), transaction.atomic():
            Customer.objects.filter(pk=other.pk).update(external_id="C-20417")
        shop.erasures.update(lifted_at=timezone.now())
        assert make_customer(shop).pk
        assert erased_among(shop, ["C-20417"]) == {}


def test_another_shop_may_have_the_same_number(shop, other_shop):
    with tenant(shop):
        erase(shop, make_customer(shop))
    with tenant(other_shop):
        assert make_customer(other_shop).pk


def test_an_erased_e_mail_comes_back_under_no_number(shop):
    email = "ab" * 32
    with tenant(shop):
        erase(shop, make_customer(shop, email_sha256=email))
        erase(shop, make_customer(shop, "C-3"))  # of whom no e-mail is kept
        known = {"email-1": email, "C-9": "cd" * 32, "C-8": ""}
        assert erased_among(shop, known, emails=known).keys() == {"email-1"}
        with pytest.raises(IntegrityError, match="erased"), transaction.atomic():
            make_customer(shop, "email-1", email_sha256=email)
        assert make_customer(shop, "C-9").pk
        shop.erasures.update(lifted_at=timezone.now())
        assert make_customer(shop, "email-1", email_sha256=email).pk


def test_an_order_with_an_erased_e_mail_alone_is_refused(shop):
    email = "ab" * 32
    with tenant(shop):
        erase(shop, make_customer(shop, email_sha256=email))
        head = {"lines": [], "total": 100, "ordered_at": timezone.now().isoformat()}
        stated = [({**head, "email": e}, Planned(e, 1)) for e in (email, "c" * 64)]
        refused, sound = orders.plan(shop, stated)
    assert [one["code"] for one in refused.problems] == ["erased"]
    assert not sound.problems


def test_one_erased_between_two_reads_is_refused(shop, monkeypatch):
    with tenant(shop):
        her = make_customer(shop, name="Anna")

        def late(merchant, known, sound):
            erase(shop, her)
            return read(merchant, known, sound)

        read = customers._rows
        monkeypatch.setattr(customers, "_rows", late)
        stated = [({"customer": "C-20417", "name": "Ann"}, Planned("C-20417", 1))]
        (one,) = customers.plan(shop, stated)
    assert [why["code"] for why in one.problems] == ["erased"]


def test_figures_keep_a_number_that_is_also_hers(shop):
    with tenant(shop):
        her = make_customer(shop, "123456", name="Anna Smith")
        data = {"cents": 123456, "of": ["123456", "order 123456"], "123456": 1}
        ProfileRefresh.objects.create(merchant=shop, seen_until=timezone.now(), data=data)
        KeptFigures.objects.create(merchant=shop, name="x", data={"cents": [123456]})
        job = Job.objects.create(merchant=shop, kind="x", title="x", params={"n": 123456})
        erase(shop, her)
        job.refresh_from_db()
        assert ProfileRefresh.objects.get(data__has_key="cents").data == {
            "cents": 123456, "of": ["[erased]", "order [erased]"], "[erased]": 1,
        }  # fmt: skip
        assert KeptFigures.objects.get().data == {"cents": [123456]}
        assert job.params == {"n": None}


def test_failed_rows_of_an_import_go_by_their_customer_alone(shop):
    with tenant(shop):
        her = make_customer(shop, "7")
        mapping = {"Left": "", "Pieces": "quantity", "Who": "customer"}
        run = IntakeRun.objects.create(
            merchant=shop, subject="orders", header=list(mapping), mapping=mapping
        )
        for line, cells in enumerate([["7", "8"], ["1", "7"], ["1", "'7"], ["1"]]):
            IntakeRow.objects.create(
                merchant=shop, run=run, line=line, outcome="failed", raw=[[line, cells]]
            )
        erase(shop, her)
        raws = IntakeRow.objects.order_by("line").values_list("raw", flat=True)
        assert list(raws) == [[[0, ["7", "8"]]], [], [], [[3, ["1"]]]]
