"""Everything about a customer handed out, and nothing of her left."""

import json
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from aiassist.profiles.models import CustomerProfile, Segment, SegmentMember
from aiassist.registry.models import ModelState, ModelVersion
from aiassist.segments.customers import erase
from aiassist.segments.customers.models import CustomerFile
from catalog.conversations.models import Conversation, Utterance
from catalog.orders.contacts import email_hash
from catalog.orders.models import Customer, Order
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from ecomportal.tenancy.rls import tenant_models

pytestmark = pytest.mark.django_db
LIST = "/northlight/customers/"


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MODELS_ROOT = tmp_path / "models"


@pytest.fixture
def anna(shop):
    with tenant(shop):
        return Customer.objects.create(
            merchant=shop, external_id="C-20417", name="Anna Smith", tags=["tea lover"]
        )


def run(shop, kind=None):
    """Carry out the shop's newest job."""
    with tenant(shop):
        job = Job.objects.order_by("-created_at").first()
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        return Job.objects.get(pk=job.pk)


def make_order(customer, number="A-100-77"):
    return Order.objects.create(
        merchant=customer.merchant, customer=customer, number=number, status="paid",
        currency="EUR", total_cents=4900, ordered_at=timezone.now(),
    )  # fmt: skip


# --- Lists as files --------------------------------------------------------------------------


def test_a_list_is_exported_as_it_is_filtered_and_shown(shop, anna, client_of, bob):
    with tenant(shop):
        evil = Customer.objects.create(
            merchant=shop, external_id="C-2", name="=HYPERLINK(1)", country="DE"
        )
        CustomerProfile.objects.filter(pk=evil.pk).update(spent_cents=123456, n_orders=2)
        Customer.objects.create(merchant=shop, external_id="C-3", country="FR")
    client = client_of(bob)
    data = {"query": "country=DE", "sort": "name", "cols": ["country", "spent", "orders"]}
    client.post(f"{LIST}export/", data)
    job = run(shop)
    assert (job.status, job.result_text) == ("done", "1 customer written")
    answer = client.get(job.result["url"])
    text = b"".join(answer.streaming_content).decode()
    assert text.splitlines() == [
        "\ufeffnumber,name,country,spent,orders", "C-2,'=HYPERLINK(1),DE,1234.56,2",
    ]  # fmt: skip


@pytest.mark.parametrize("column", ["group", "rfm", "orders", "spent", "average", "last", "value",
                                    "churn", "next", "persona", "chats", "country", "language",
                                    "marketing", "tags", "created"])  # fmt: skip
def test_every_column_of_the_list_can_be_exported(shop, anna, client_of, alice, column):
    client_of(alice).post(f"{LIST}export/", {"cols": column, "sort": "-created"})
    job = run(shop)
    assert job.status == "done", job.error_detail
    file = next(Path(settings.MEDIA_ROOT).rglob("*.csv"))
    head, line = file.read_text("utf-8-sig").splitlines()
    assert head.startswith("number,name,")
    assert line.startswith("C-20417,Anna Smith,")
    assert head.count(",") == line.count(",")


def test_who_may_not_export_gets_neither_the_list_nor_its_file(shop, anna, client_of, bob, vera):
    assert client_of(vera).post(f"{LIST}export/").status_code == 403
    client_of(bob).post(f"{LIST}export/")
    address = run(shop).result["url"]
    assert client_of(vera).get(address).status_code == 403
    with tenant(shop):
        CustomerFile.objects.update(expires_at=timezone.now())
    assert client_of(bob).get(address).status_code == 404


# --- Everything of one -----------------------------------------------------------------------


def test_everything_about_a_customer_is_in_one_archive(shop, anna, client_of, max_, bob):
    with tenant(shop):
        order = make_order(anna)
        chat = Conversation.objects.create(
            merchant=shop, customer=anna, external_id="chat-1", started_at=timezone.now()
        )
        Utterance.objects.create(
            merchant=shop, conversation=chat, external_id="1", position=1, speaker="customer",
            text="Where is it? 在哪里", at=timezone.now(),
        )  # fmt: skip
        segment = Segment.objects.create(merchant=shop, name="Regulars")
        SegmentMember.objects.create(merchant=shop, segment=segment, customer=anna)
    client = client_of(max_)
    client.post(f"{LIST}{anna.pk}/everything/")
    job = run(shop)
    assert job.status == "done", job.error_detail
    assert client_of(bob).get(job.result["url"]).status_code == 404
    path = next(Path(settings.MEDIA_ROOT).rglob("*.zip"))
    with zipfile.ZipFile(path) as archive:
        found = {n: json.loads(archive.read(n)) for n in archive.namelist() if n.endswith("json")}
    assert found["customer.json"][0]["name"] == "Anna Smith"
    assert found["order.json"][0]["number"] == order.number
    assert found["conversation.json"][0]["utterances"][0]["text"] == "Where is it? 在哪里"
    assert found["segmentmember.json"][0]["segment_id"] == str(segment.pk)
    assert found["customerprofile.json"][0]["n_orders"] == 0


def test_every_table_that_points_at_a_customer_is_handed_out(shop, anna):
    from aiassist.segments.customers.everything import LEFT_OUT, _statements

    pointing = {
        model._meta.db_table
        for model in tenant_models()
        for field in model._meta.local_fields
        if field.is_relation and field.related_model is Customer
    }
    with tenant(shop):
        assert pointing - LEFT_OUT <= {table for table, _statement in _statements()}


# --- Erasing ---------------------------------------------------------------------------------


def test_only_owners_erase_and_only_with_the_number_typed(shop, anna, client_of, alice, max_, bob):
    address = f"{LIST}{anna.pk}/erase/"
    for who in (max_, bob):
        assert client_of(who).get(address).status_code == 403
        assert client_of(who).post(address, {"number": "C-20417"}).status_code == 403
    wrong = client_of(alice).post(address, {"number": "C-2041", "orders": "delete"})
    assert wrong.status_code == 422
    assert "Nothing was erased" in wrong.content.decode()
    with tenant(shop):
        assert not Job.objects.exists()


@pytest.mark.parametrize(("orders", "n_left"), [("keep", 1), ("delete", 0)])
def test_the_erasure_runs_as_a_job_and_is_listed(shop, anna, client_of, alice, orders, n_left):
    with tenant(shop):
        make_order(anna)
    client = client_of(alice)
    client.post(f"{LIST}{anna.pk}/erase/", {"number": "C-20417", "orders": orders})
    job = run(shop)
    assert job.status == "done", job.error_detail
    assert str(anna.pk) not in json.dumps(job.params)
    with tenant(shop):
        assert Order.objects.count() == n_left
        assert not Customer.objects.exists()
        assert AuditEntry.objects.get(action="customer.erased").detail["job"] == str(job.pk)
    assert client.get(f"{LIST}{anna.pk}/").status_code == 404
    page = client.get("/northlight/settings/privacy/").content.decode()
    assert "Alice Berg" in page
    assert ("kept without the customer" in page) == (orders == "keep")


def test_a_repeat_of_the_job_does_nothing_more(shop, anna, client_of, alice):
    client_of(alice).post(f"{LIST}{anna.pk}/erase/", {"number": "C-20417"})
    job = run(shop)
    with tenant(shop):
        Job.objects.filter(pk=job.pk).update(status="queued")
    assert run(shop).status == "done"
    with tenant(shop):
        assert shop.erasures.count() == 1


def test_a_stop_after_the_rows_went_leaves_no_model_that_names_her(
    shop, anna, client_of, alice, monkeypatch
):
    folder = Path(settings.MODELS_ROOT) / "shops/1"
    folder.mkdir(parents=True)
    (folder / "customers.json").write_text("C-20417")
    with tenant(shop):
        ModelVersion.objects.create(
            merchant=shop, kind="clv", n=1, folder="shops/1", state=ModelState.SERVING
        )
    rows = erase.erase_rows

    def stopped(*args, **options):
        counts = rows(*args, **options)
        monkeypatch.setattr(erase, "_forget_files", lambda *_: 1 / 0)
        return counts

    monkeypatch.setattr(erase, "erase_rows", stopped)
    client_of(alice).post(f"{LIST}{anna.pk}/erase/", {"number": "C-20417"})
    run(shop)
    with tenant(shop):
        assert not Customer.objects.exists()
        assert ModelVersion.objects.get().state == "retired"
    assert not list(folder.iterdir())


def test_who_comes_back_with_her_e_mail_is_let_in_by_it(shop, anna, client_of, alice):
    sha256 = email_hash("anna@example.com")
    with tenant(shop):
        Customer.objects.filter(pk=anna.pk).update(email_sha256=sha256)
        erase.erase_rows(shop, anna.pk, with_orders=False, user_id=alice.pk)
    address, client = "/northlight/settings/privacy/", client_of(alice)
    page = client.get(f"{address}?q=Anna@example.com").content.decode()
    assert "A customer with this number was erased" in page
    client.post(f"{address}let-in/", {"number": "Anna@example.com"})
    with tenant(shop):
        assert Customer.objects.create(merchant=shop, external_id="1", email_sha256=sha256).pk


def test_an_erased_number_is_recognised_and_can_be_let_in(shop, anna, client_of, alice, max_):
    with tenant(shop):
        erase.erase_rows(shop, anna.pk, with_orders=False, user_id=alice.pk)
    address = "/northlight/settings/privacy/"
    page = client_of(max_).get(f"{address}?q=C-20417").content.decode()
    assert "A customer with this number was erased" in page
    assert client_of(max_).post(f"{address}let-in/", {"number": "C-20417"}).status_code == 403
    client = client_of(alice)
    client.post(f"{address}let-in/", {"number": "C-99"})
    with tenant(shop), pytest.raises(IntegrityError):
        Customer.objects.create(merchant=shop, external_id="C-20417")
    client.post(f"{address}let-in/", {"number": "C-20417"})
    with tenant(shop):
        assert Customer.objects.create(merchant=shop, external_id="C-20417").pk


def test_the_privacy_page_leads_to_whom_it_finds(shop, anna, client_of, max_, bob):
    address = "/northlight/settings/privacy/"
    assert client_of(max_).get(f"{address}?q=C-20417").url == f"{LIST}{anna.pk}/"
    assert "Nobody is found" in client_of(max_).get(f"{address}?q=zz").content.decode()
    assert client_of(bob).get(address).status_code == 403


def test_files_that_name_her_go_and_others_stay(shop, anna):
    folder = Path(settings.MEDIA_ROOT) / str(shop.pk)
    texts = {
        "intake/a.csv": "number,name\nC-20417,x".encode("utf-16"),
        "intake/b.csv": "姓名\nAnna Smith".encode("gb18030"),
        "intake/c.csv": b"C-20418,Berta",
        "customers/list.csv": b"C-1,Someone",
        "audiences/list.csv": b"abc",
        "images/a.png": b"C-20417",
    }
    for name, content in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(folder / "intake/d.xlsx", "w") as archive:
        archive.writestr("sheet1.xml", "<c>C-20417</c>" * 9)
    erased = erase.erase_now(shop, anna, with_orders=False)
    left = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    assert left == ["images/a.png", "intake/c.csv"]
    assert erased.n_files == 5


def test_a_word_across_two_pieces_of_a_file_is_found(shop, anna, monkeypatch):
    monkeypatch.setattr("aiassist.segments.customers.files.PIECE", 5)
    path = Path(settings.MEDIA_ROOT) / str(shop.pk) / "intake" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"number;C-20417;more")
    erase.erase_now(shop, anna, with_orders=False)
    assert not path.exists()


def test_a_model_whose_file_names_her_serves_no_more(shop, anna):
    for n, word in enumerate(["C-20417", "C-3"]):
        folder = Path(settings.MODELS_ROOT) / f"shops/{n}"
        folder.mkdir(parents=True)
        (folder / "customers.json").write_text(word)
    with tenant(shop):
        for n, kind in enumerate(["clv", "personas"]):
            ModelVersion.objects.create(
                merchant=shop, kind=kind, n=1, folder=f"shops/{n}", state=ModelState.SERVING
            )
    assert erase.erase_now(shop, anna, with_orders=False).n_models == 1
    with tenant(shop):
        states = dict(ModelVersion.objects.values_list("kind", "state"))
    assert states == {"clv": "retired", "personas": "serving"}


def test_a_list_written_while_somebody_is_erased_is_not_given_away(
    shop, anna, client_of, bob, monkeypatch
):
    from aiassist.segments.customers import export

    write = export._write

    def write_and_erase(run, part, table):
        n = write(run, part, table)
        erase.erase_rows(shop, anna.pk, with_orders=False, user_id=None)
        return n

    monkeypatch.setattr(export, "_write", write_and_erase)
    client_of(bob).post(f"{LIST}export/")
    job = run(shop)
    assert job.status == "failed"
    assert "A customer was erased while" in str(job.error)
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.csv"))


def test_the_command_erases_by_number(shop, anna, capsys):
    with pytest.raises(CommandError, match="no customer"):
        call_command("erase_customer", "northlight", "C-0", "--yes")
    with pytest.raises(CommandError, match="--yes"):
        call_command("erase_customer", "northlight", "C-20417")
    call_command("erase_customer", "northlight", "C-20417", "--yes")
    assert "Erased" in capsys.readouterr().out
    with tenant(shop):
        assert not Customer.objects.exists()
    with pytest.raises(CommandError, match="was erased"):
        call_command("erase_customer", "northlight", "C-20417", "--yes")
