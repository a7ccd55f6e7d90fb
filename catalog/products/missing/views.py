"""Which facts are missing where, and a page to fill one in for many products."""

from typing import Any
from uuid import UUID

import pghistory
from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import tasks
from catalog.products.attribute_book import AttributeBook
from catalog.products.changes import Change, ChangeRow
from catalog.products.missing.counting import count_missing
from catalog.products.missing.demand import n_blocked, open_demands
from catalog.products.missing.filling import fill, suggestions
from catalog.products.missing.models import DemandSource, MissingCount
from catalog.products.models import Attribute, Fact, FactStatus, ProductStatus
from catalog.products.must_have import needs_fact
from catalog.products.snapshot import recorded
from catalog.products.typed_facts import TypedFact, read_fact
from catalog.products.vocabulary import FAMILIES, choices
from catalog.products.vocabulary.kinds import KINDS
from ecomportal.jobs.start import start_job
from ecomportal.said import in_both, said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

COUNTED_LIVE = 20_000  # products; a larger shop is counted by a job
PAGE_SIZE = 25
SHOWN_FAMILIES = 3


@require_safe
@merchant_required(*EVERYONE)
def missing_facts(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant
    n_products = _n_products(merchant)
    is_live = n_products <= COUNTED_LIVE
    counts, counted_at = (count_missing(merchant), None) if is_live else _kept(merchant)
    context = {
        "rows": _ranked(merchant, counts or []),
        "counted_at": counted_at,
        "is_live": is_live,
        "is_counted": counts is not None,
        "has_products": n_products > 0,
        "can_edit": request.role in EDITORS,
    }
    return render(request, "catalog/missing/list.html", context)


def _n_products(merchant: Any) -> int:
    """Up to one more than is counted at once."""
    return merchant.products.live().order_by().values("pk")[: COUNTED_LIVE + 1].count()


def _kept(merchant: Any) -> tuple[list[dict[str, Any]] | None, Any]:
    """What a job counted, and when; nothing before the first one."""
    kept = MissingCount.objects.filter(merchant=merchant).first()
    if kept is None or kept.counted_at is None:
        return None, None
    return kept.counts, kept.counted_at


def _ranked(merchant: Any, counts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a fact: what it holds up first, then in how many products it is missing."""
    blocked = n_blocked(merchant)
    rows = {key: _row(key, of_key) for key, of_key in blocked.items()}
    for count in counts:
        row = rows.setdefault(count["key"], _row(count["key"], {}))
        row["n"] += count["n"]
        row["of"] += count["of"]
        row["families"].append((count["n"], count["family"]))
    is_zh = (get_language() or "").startswith("zh")
    for row in rows.values():
        places = sorted(row["families"], reverse=True)
        names = [FAMILIES[key].label_zh if is_zh else FAMILIES[key].label_en for _n, key in places]
        row["families"], row["n_more"] = names[:SHOWN_FAMILIES], len(names[SHOWN_FAMILIES:])
        row["share"] = 100 * row["n"] // row["of"] if row["of"] else 0
    labels = _labels(merchant, rows)
    for key, row in rows.items():
        row["label"] = labels[key]
    return sorted(rows.values(), key=lambda row: (-row["n_blocked"], -row["n"], row["key"]))


def _row(key: str, of_key: dict[str, int]) -> dict[str, Any]:
    return {
        "key": key,
        "n": 0,
        "of": 0,
        "families": [],
        **{source: of_key.get(source, 0) for source in DemandSource.values},
        "n_blocked": sum(of_key.values()),
    }


def _labels(merchant: Any, keys: Any) -> dict[str, str]:
    language = get_language() or "en"
    own = {a.key: a.label(language) for a in merchant.attributes.filter(key__in=list(keys))}
    return {key: own.get(key) or _kind_label(key, language) for key in keys}


def _kind_label(key: str, language: str) -> str:
    kind = KINDS.get(key)
    if kind is None:
        return key
    return kind.label_zh if language.startswith("zh") else kind.label_en.capitalize()


@require_POST
@merchant_required(*EDITORS)
def missing_count(request: HttpRequest) -> HttpResponse:
    """Read new chats and count again, as a job."""
    job = start_job(
        tasks.count_missing_facts,
        request.merchant,
        request.user,
        title=said("Count missing facts"),
        dedupe_key="missing",
    )
    return redirect("job", request.merchant.slug, job.pk)


# --- Filling one fact in ---------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EVERYONE)
def missing_fact(request: HttpRequest, key: str) -> HttpResponse:
    """The products that lack a fact, to be filled in row by row; blank rows stay open."""
    attribute = _attribute(request.merchant, key)
    if request.method != "POST":
        return _fill_page(request, attribute, {}, {})
    if request.role not in EDITORS:
        raise PermissionDenied
    pairs = zip(request.POST.getlist("product"), request.POST.getlist("value"), strict=False)
    typed = {product_id: text.strip() for product_id, text in pairs if text.strip()}
    read, errors = _read(attribute, typed)
    if errors or not read:
        if not errors:
            messages.error(request, _("Nothing was filled in, so nothing was saved."))
        return _fill_page(request, attribute, typed, errors)
    change = _save(request, attribute, read)
    return redirect(f"{request.path}?{_tab(request.POST)}&saved={change.pk}")


def _attribute(merchant: Any, key: str) -> Attribute:
    """The shop's kind of fact, or the vocabulary's as it would be made; 404 for an unknown key."""
    own = merchant.attributes.filter(key=key).first()
    if own is None and key not in KINDS:
        raise Http404
    kind = KINDS.get(key)
    return own or Attribute(
        merchant=merchant, key=key, label_en=kind.label_en.capitalize(), label_zh=kind.label_zh,
        type=kind.type, unit=kind.default_unit,
    )  # fmt: skip


def _read(
    attribute: Attribute, typed: dict[str, str]
) -> tuple[dict[UUID, TypedFact], dict[str, str]]:
    found, errors = {}, {}
    for text_id, text in typed.items():
        try:
            found[UUID(text_id)] = read_fact(attribute, text)
        except ValidationError as error:
            errors[text_id] = " ".join(error.messages)
        except ValueError:
            continue
    return found, errors


def _save(request: HttpRequest, attribute: Attribute, read: dict[UUID, TypedFact]) -> Change:
    """One change for the page, with its way back."""
    merchant = request.merchant
    ids = list(merchant.products.live().filter(pk__in=read).values_list("pk", flat=True))
    attribute = AttributeBook(merchant).get(attribute.key)
    label = in_both(en=attribute.label("en"), zh=attribute.label("zh"))
    change = Change.objects.create(
        merchant=merchant,
        kind="edit",
        title=said("Missing facts: %(fact)s", fact=label),
        created_by=request.user,
    )
    context = {"user": request.user.pk, "source": "missing", "change": str(change.pk)}
    with pghistory.context(**context), recorded(change, ids):
        fill(merchant, attribute, {pk: read[pk] for pk in ids})
    audit.record(request, "facts.filled", attribute.key, change=str(change.pk), n=len(ids))
    text = ngettext("Saved %(n)s fact.", "Saved %(n)s facts.", len(ids)) % {"n": len(ids)}
    messages.success(request, text)
    return change


def _tab(data: Any) -> str:
    return f"show={'asked' if data.get('show') == 'asked' else 'all'}"


def _fill_page(
    request: HttpRequest, attribute: Attribute, typed: dict[str, str], errors: dict[str, str]
) -> HttpResponse:
    merchant = request.merchant
    asked = _asked(merchant, attribute.key)
    saved = _saved(merchant, _uuid(request.GET.get("saved", "")), asked)
    has_asked = saved.has_asked if saved else asked.exists()
    tab = request.POST.get("show") or request.GET.get("show", "")
    tab = tab if tab in ("asked", "all") else "asked" if has_asked else "all"
    products = asked if tab == "asked" else _lacking(merchant, attribute.key)
    products = products.select_related("category")
    order = ["-n_wanted", "-pk"] if tab == "asked" else ["-updated_at", "-pk"]
    page = keyset_page(products, order, cursor=cursor_of(request.GET), size=PAGE_SIZE)
    proposed = suggestions(merchant, attribute.key, [row.pk for row in page.rows])
    language = get_language() or "en"
    rows = [
        {
            "product": product,
            "n_wanted": getattr(product, "n_wanted", 0),
            "value": typed.get(str(product.pk), ""),
            "error": errors.get(str(product.pk), ""),
            "proposed": proposed.get(product.pk),
        }
        for product in page.rows
    ]
    context = {
        "attribute": attribute,
        "label": attribute.label(language),
        "page": page,
        "rows": rows,
        "tab": tab,
        "has_asked": has_asked,
        "choices": [v.zh if language.startswith("zh") else v.en for v in choices(attribute.key)],
        "saved": saved,
        "saved_ids": ",".join(map(str, saved.product_ids[:PAGE_SIZE])) if saved else "",
        "n_errors": len(errors),
        "can_edit": request.role in EDITORS,
        "missing_url": reverse("catalog:missing-facts", args=[merchant.slug]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "catalog/missing/fill.html", context, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _saved(merchant: Any, change_id: UUID | None, asked: QuerySet) -> Change | None:
    """What was just saved, with its products, and whether others are still asked for."""
    if change_id is None:
        return None
    written = ChangeRow.objects.filter(change=OuterRef("pk"), state="written")
    found = merchant.changes.filter(pk=change_id).annotate(
        product_ids=ArraySubquery(written.values("product_id")), has_asked=Exists(asked)
    )
    return found.first()


def _unknown(merchant: Any, key: str) -> QuerySet:
    confirmed = Fact.objects.filter(
        product=OuterRef("pk"), attribute__key=key, status=FactStatus.CONFIRMED
    )
    return merchant.products.live().filter(~Exists(confirmed))


def _asked(merchant: Any, key: str) -> QuerySet:
    """Those somebody wanted to know it of, the most wanted first."""
    demands = open_demands(merchant).filter(key=key)
    wanted = demands.filter(product=OuterRef("pk")).order_by().values("product")
    n_wanted = Coalesce(wanted.annotate(n=Sum("n")).values("n")[:1], 0)
    few = demands.values("product")
    return merchant.products.live().filter(pk__in=few).annotate(n_wanted=n_wanted)


def _lacking(merchant: Any, key: str) -> QuerySet:
    on_sale = _unknown(merchant, key).filter(status=ProductStatus.ACTIVE)
    return on_sale.filter(needs_fact(merchant, key))
