"""Which products a rule means now, and having their texts drafted."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from aiassist import tasks
from aiassist.copywriting.rules.models import DraftRule
from catalog.products.models import Fact, FactStatus, Product, ProductText
from ecomportal.jobs.start import start_job
from ecomportal.said import said, said_n
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant


def matching(merchant: Any, rule: DraftRule) -> QuerySet[Product]:
    """Live products of its kind with enough confirmed facts that have none of its texts, neither
    live nor as a draft: what a person turned down is not written again."""
    enough = (
        Fact.objects.filter(product=OuterRef("pk"), status=FactStatus.CONFIRMED, variant=None)
        .order_by().values("product").annotate(n=Count("*")).filter(n__gte=rule.min_facts)
    )  # fmt: skip
    place = {"language__in": rule.languages, "field__in": rule.fields}
    drafted = merchant.drafts.filter(product=OuterRef("pk"), **place)
    live = ProductText.objects.filter(product=OuterRef("pk"), **place).exclude(text="")
    found = merchant.products.live().filter(_kind(rule), Exists(enough))
    return found.filter(~Exists(drafted), ~Exists(live)).order_by("pk")


def _kind(rule: DraftRule) -> Q:
    wanted = Q()
    if rule.category:
        inside = Q(category=rule.category) | Q(
            category__path__startswith=f"{rule.category.path} > "
        )
        wanted &= inside
    if rule.product_type:
        wanted &= Q(product_type__iexact=rule.product_type)
    return wanted


def left_today(rule: DraftRule) -> int:
    """How many products the rule may still draft on this day of the shop."""
    used = rule.n_today if rule.day == timezone.localdate() else 0
    return max(0, rule.daily_limit - used)


def run_rules(merchant: Merchant) -> int:
    """Start a job for every rule that is on and finds something; returns how many products."""
    with tenant(merchant):
        rules = DraftRule.objects.select_for_update(of=("self",)).select_related("category")
        return sum(run_rule(merchant, rule) for rule in rules.filter(is_on=True).order_by("pk"))


def run_rule(merchant: Merchant, rule: DraftRule, user: Any = None) -> int:
    """Draft what one rule finds now, within its day's limit. The caller has locked the rule."""
    room = left_today(rule)
    rows = matching(merchant, rule).values_list("pk", "title")[:room] if room else []
    chosen = list(rows)
    job = _start(merchant, rule, chosen, user) if chosen else None
    n = len(chosen) if job and job.is_new else 0
    today = timezone.localdate()
    rule.n_today = n + (rule.n_today if rule.day == today else 0)
    rule.day, rule.last_run_at = today, timezone.now()
    if n:
        rule.last_result = said_n("%(n)s product drafted", "%(n)s products drafted", n)
    elif not room:
        rule.last_result = said("The limit of the day is reached.")
    rule.save(update_fields=["n_today", "day", "last_run_at", "last_result"])
    return n


def _start(merchant: Merchant, rule: DraftRule, chosen: list[tuple[Any, str]], user: Any) -> Any:
    return start_job(
        tasks.write_copy,
        merchant,
        user,
        title=said("Rule “%(name)s”", name=rule.name),
        params={
            "languages": rule.languages,
            "fields": rule.fields,
            "tone": rule.tone,
            "max_chars": None,
            "keywords": [],
            "change_id": "",
            "rule_id": str(rule.pk),
        },
        dedupe_key=f"rule:{rule.pk}",
        items=[
            (str(pk), {"label": title, "url": _facts_url(merchant, pk)}) for pk, title in chosen
        ],
    )


def _facts_url(merchant: Merchant, product_id: Any) -> str:
    return reverse("catalog:product", args=[merchant.slug, product_id]) + "#facts"
