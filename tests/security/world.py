"""Two shops with one of everything, and everybody who might knock."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from aiassist.copywriting.glossary.models import GlossaryEdit, GlossaryTerm
from aiassist.copywriting.learning.models import Lesson
from aiassist.copywriting.lint.models import Exemption
from aiassist.copywriting.models import ApprovedText, Draft
from aiassist.copywriting.rules.models import DraftRule
from aiassist.profiles.models import Persona, Segment, SegmentMember, SegmentRevision
from aiassist.registry.models import ModelVersion
from aiassist.segments.audiences.models import AudienceExport
from aiassist.segments.customers.models import CustomerFile
from catalog.orders.imports.models import IntakeRow, IntakeRun
from catalog.orders.models import CurrencyRate, Customer
from catalog.products.changes import Change, ChangeRow
from catalog.products.feeds.models import Feed, FeedProblem
from catalog.products.imports.models import ImportRow, ImportRun, SavedMapping
from catalog.products.models import Fact, Product, ProductImage, ProductText
from ecomportal.jobs.models import Job
from ecomportal.tenancy import rls
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import ApiKey, AuditEntry, Invitation, Membership, Merchant
from ecomportal.web.models import SavedView
from ecomportal.webhooks.models import Webhook, WebhookDelivery
from tests.factories import (
    make_attribute,
    make_category,
    make_member,
    make_product,
    make_shop,
    make_user,
)

CANARY = "Canarybird"


@dataclass
class World:
    own: Merchant
    other: Merchant
    people: dict[str, Any] = field(default_factory=dict)
    roles: dict[tuple[str, str], str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    theirs: Any = None  # a product of the other shop
    rows: dict[str, Any] = field(default_factory=dict)
    n_written: int = 0

    @classmethod
    def make(cls) -> "World":
        world = cls(make_shop("northlight", name=f"{CANARY} Goods"), make_shop("harbour"))
        world._people()
        world._rows()
        world._keys()
        world.rows, world.n_written = fingerprint(world.own), n_written()
        return world

    def is_changed(self) -> bool:
        """Whether the own shop's rows differ now from those made. Rows are read only where
        something was written since the last look, which is rare."""
        before, self.n_written = self.n_written, n_written()
        return before != self.n_written and fingerprint(self.own) != self.rows

    def role_of(self, person: str, slug: str) -> str | None:
        return self.roles.get((person, slug))

    def fill(self, data: Any) -> Any:
        """The body of a policy, with "{product_id}" and the like filled in."""
        if isinstance(data, dict):
            return {key: self.fill(value) for key, value in data.items()}
        if isinstance(data, list):
            return [self.fill(value) for value in data]
        if isinstance(data, str) and data.startswith("{") and data.endswith("}"):
            return str(self.args[data[1:-1]])
        return data

    def _people(self) -> None:
        for role in ("owner", "manager", "agent", "viewer"):
            self.people[role] = make_member(
                self.own, f"{role}@example.com", role, name=f"{CANARY} {role}"
            )
            self.roles[role, self.own.slug] = role
        self.people["mallory"] = make_member(self.other, "mallory@example.com", "owner")
        self.roles["mallory", self.other.slug] = "owner"
        self.people["staff"] = make_user("staff@example.com", is_staff=True, is_superuser=True)
        self.people["former"] = make_member(self.own, "former@example.com", "manager")
        self.people["disabled"] = make_member(self.own, "disabled@example.com", "owner")
        for person, user in self.people.items():
            self.clients[person] = Client(raise_request_exception=True)
            self.clients[person].force_login(
                user, backend="django.contrib.auth.backends.ModelBackend"
            )
        with tenant(self.own):
            Membership.objects.filter(user=self.people["former"]).delete()
        self.people["disabled"].is_active = False
        self.people["disabled"].save()
        self.people["anonymous"] = None
        self.clients["anonymous"] = Client()

    def _rows(self) -> None:
        shop, owner = self.own, self.people["owner"]
        product = make_product(
            shop, f"{CANARY} Kettle", sku=f"{CANARY}-1", facts={"material": CANARY}
        )
        category = make_category(shop, f"{CANARY} Pots")
        colour = make_attribute(shop, "colour", label_en=f"{CANARY} colour")
        own_kind = make_attribute(shop, "canary_glaze", label_en=f"{CANARY} glaze")
        common = {"merchant": shop}
        with tenant(shop):
            fact = Fact.objects.create(
                **common, product=product, attribute=colour, value="black", status="proposed"
            )
            image = ProductImage.objects.create(
                **common, product=product, file=picture_file(shop), alt=CANARY
            )
            job = Job.objects.create(
                **common, kind="write_copy", title=f"{CANARY} job", status="failed",
                created_by=self.people["viewer"],
            )  # fmt: skip
            Job.objects.create(**common, kind="write_copy", title=CANARY, status="running")
            trial = Job.objects.create(
                **common, kind="try_engine", title=CANARY, status="done",
                result={"trial": {"title": CANARY, "engine": "openai", "raw": CANARY}},
            )  # fmt: skip
            change = Change.objects.create(
                **common, kind="edit", title=f"{CANARY} edit", created_by=owner, n_rows=1
            )
            changed = ChangeRow.objects.create(
                **common, change=change, product_id=product.pk, label=CANARY, before={}, after={}
            )
            run = ImportRun.objects.create(
                **common, name=f"{CANARY}.csv", file="none.csv", sha256="0" * 64, state="ready"
            )
            row = ImportRow.objects.create(
                **common, run=run, line=2, handle="x", label=CANARY, outcome="created"
            )
            intake = IntakeRun.objects.create(
                **common, name=f"{CANARY} orders.csv", file="none.csv", sha256="0" * 64,
                subject="orders", state="ready",
            )  # fmt: skip
            CurrencyRate.objects.create(**common, currency="USD", rate="0.9")
            intakerow = IntakeRow.objects.create(
                **common, run=intake, line=2, key=CANARY, outcome="created", payload={}
            )
            mapping = SavedMapping.objects.create(
                **common, name=f"{CANARY} list", key="0" * 64, dialect="table", header=[CANARY]
            )
            written = {
                "product": product,
                "product_version": 1,
                "field": "description",
                "tone": "formal",
                "text": f"{CANARY} text.",
                "engine": "composer",
                "engine_version": "1",
            }
            draft = Draft.objects.create(**common, **written, language="en")
            decided = Draft.objects.create(
                **common, **written, language="zh", status="rejected", reject_reason="dull"
            )
            sentence = ApprovedText.objects.create(
                **common, language="en", text=f"{CANARY} sentence."
            )
            approval = Change.objects.create(
                **common, kind="approval", title=f"{CANARY} texts", created_by=owner, n_rows=1
            )
            term = GlossaryTerm.objects.create(**common, en=f"{CANARY} term", zh=CANARY)
            edit = GlossaryEdit.objects.create(**common, title=f"{CANARY} terms")
            exemption = Exemption.objects.create(
                **common, product=product, rule="cn-absolute", words=CANARY, code="evidence",
                evidence=f"{CANARY} report",
            )  # fmt: skip
            rule = DraftRule.objects.create(
                **common, name=f"{CANARY} rule", languages=["en"], fields=["description"]
            )
            lesson = Lesson.objects.create(
                **common, kind="phrase", language="en", tone="formal", words=f"{CANARY} phrase."
            )
            version = ModelVersion.objects.create(
                **common, kind="copy_adapter", n=1, state="serving", base=CANARY,
                reason=f"{CANARY} passed.",
            )  # fmt: skip
            value_version = ModelVersion.objects.create(
                **common, kind="clv", n=1, state="serving", base="clv-1", reason=CANARY
            )
            ProductText.objects.create(
                **common, product=product, language="en", field="sms", text=f"{CANARY} message.",
                origin="ai",
            )  # fmt: skip
            AuditEntry.objects.create(
                **common, actor_label=CANARY, action="team.joined", subject=CANARY
            )
            view = SavedView.objects.create(
                **common, user=owner, page="products", name=CANARY, query="q=x"
            )
            customer = Customer.objects.create(
                **common, external_id="C-4711", name=f"{CANARY} Smith"
            )
            segment = Segment.objects.create(
                **common, name=f"{CANARY} regulars", rule="number_of_orders >= 0", n_members=1
            )
            SegmentMember.objects.create(**common, segment=segment, customer=customer)
            SegmentRevision.objects.create(
                **common, segment=segment, version=1, name=f"{CANARY} once", schedule="daily",
                rule="r_score = 4",
            )  # fmt: skip
            Segment.objects.filter(pk=segment.pk).update(version=2)
            gone_segment = Segment.objects.create(
                **common, name=f"{CANARY} gone", deleted_at=timezone.now()
            )
            export = AudienceExport.objects.create(
                **common, segment=segment, target="google", campaign=f"{CANARY} campaign"
            )
            people_view = SavedView.objects.create(
                **common, user=owner, page="customers", name=f"{CANARY} people", query="r=5"
            )
            people_file = CustomerFile.objects.create(**common, kind="list")
            feed = Feed.objects.create(
                **common, name=f"{CANARY} feed", language="en", link="https://x.example/{handle}"
            )
            FeedProblem.objects.create(
                **common, feed=feed, product_id=product.pk, item=CANARY, label=CANARY,
                reason="no_image", is_left_out=True,
            )  # fmt: skip
            key, _secret = ApiKey.issue(shop, "sk", name=f"{CANARY} key")
            persona = Persona.objects.create(**common, number=41, name=f"{CANARY} persona")
            webhook = Webhook.objects.create(
                **common, url=f"https://{CANARY}.example/", events=["draft.ready"]
            )
            delivery = WebhookDelivery.objects.create(
                **common, webhook=webhook, event="draft.ready", body=f'{{"id": "{CANARY}"}}'
            )
            gone = Product.objects.create(
                **common, title=f"{CANARY} Pan", handle="canary-pan", deleted_at=timezone.now()
            )
            Invitation.issue(
                shop,
                "new@example.com",
                role="viewer",
                expires_at=timezone.now() - timedelta(days=1),
            )
            invitation, token = Invitation.issue(shop, f"{CANARY}@example.com", role="viewer")
            member = Membership.objects.get(user=self.people["viewer"])
        self.args = {
            "product_id": product.pk, "category_id": category.pk, "attribute_id": colour.pk,
            "fact_id": fact.pk, "image_id": image.pk, "job_id": job.pk, "change_id": change.pk,
            "changerow_id": changed.pk,
            "run_id": run.pk, "row_id": row.pk, "mapping_id": mapping.pk,
            "intake_id": intake.pk, "intakerow_id": intakerow.pk,
            "draft_id": draft.pk, "text_id": sentence.pk, "approval_id": approval.pk,
            "term_id": term.pk, "edit_id": edit.pk, "exemption_id": exemption.pk,
            "rule_id": rule.pk, "lesson_id": lesson.pk, "version_id": version.pk,
            "model_kind": version.kind, "value_version_id": value_version.pk,
            "view_id": view.pk, "key_id": key.pk, "invitation_id": invitation.pk,
            "membership_id": member.pk, "token": token, "sku": f"{CANARY}-1",
            "app_label": "catalog", "decided_id": decided.pk, "handle": product.handle,
            "gone_id": gone.pk, "feed_id": feed.pk, "key": colour.key,
            "customer_id": customer.pk, "segment_id": segment.pk,
            "customer_number": customer.external_id, "persona_number": persona.number,
            "gone_segment_id": gone_segment.pk, "export_id": export.pk, "revision_n": 1,
            "people_view_id": people_view.pk, "people_file_id": people_file.pk,
            "own_key": own_kind.key, "field": "price", "trial_id": trial.pk,
            "webhook_id": webhook.pk, "delivery_id": delivery.pk,
        }  # fmt: skip
        self.theirs = make_product(self.other, "Harbour lamp")
        with tenant(shop):
            self.args["variant_id"] = product.variants.get().pk
            self.args["version"] = Product.objects.get(pk=product.pk).version

    def _keys(self) -> None:
        past = timezone.now() - timedelta(days=1)
        with tenant(self.own):
            for name, fields in (
                ("own_sk", {}),
                ("revoked", {"revoked_at": past}),
                ("expired", {"expires_at": past}),
            ):
                _row, self.keys[name] = ApiKey.issue(self.own, "sk", name=name, **fields)
            _row, self.keys["own_pk"] = ApiKey.issue(self.own, "pk", name="pk")
        with tenant(self.other):
            _row, self.keys["other_sk"] = ApiKey.issue(self.other, "sk", name="sk")
        self.keys |= {"none": "", "garbage": "sk_garbage"}


def picture_file(shop: Merchant) -> str:
    """A stored picture, so that there is something to see."""
    place = Path(settings.MEDIA_ROOT) / str(shop.pk) / "images"
    place.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4), "teal").save(place / "canary.png")
    return f"{shop.pk}/images/canary.png"


# Rows that a look alone may write, and that say nothing of the shop's own data.
NOT_COUNTED = {"ecomportal_apikey", "ecomportal_auditentry"}


@cache
def counted_tables() -> list[str]:
    return sorted({m._meta.db_table for m in rls.tenant_models()} - NOT_COUNTED)


def n_written() -> int:
    """Rows of shops written in this transaction so far, undone ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_inserted(t) + pg_stat_get_xact_tuples_updated(t) "
            "+ pg_stat_get_xact_tuples_deleted(t)) FROM unnest(%s::regclass[]) t",
            [counted_tables()],
        )
        return cursor.fetchone()[0]


def fingerprint(merchant: Merchant) -> dict[str, Any]:
    """A hash of each table's rows of one shop."""
    parts = [
        f"SELECT '{t}', md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) "
        f'FROM "{t}" r WHERE merchant_id = {merchant.pk}'
        for t in counted_tables()
    ]
    with tenant(merchant), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())
