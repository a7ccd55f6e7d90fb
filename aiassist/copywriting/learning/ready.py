"""Whether a shop has enough to train on, and which of it is kept apart to judge by."""

from dataclasses import dataclass

from aiassist.copywriting.engines import choice_of
from aiassist.copywriting.engines.models import EngineName
from aiassist.copywriting.learning.models import FrozenCase
from aiassist.copywriting.learning.rows import training_rows
from aiassist.copywriting.models import Draft, Tone
from aiassist.copywriting.requests import inputs_of, with_facts
from ecomportal.said import Said, said
from ecomportal.tenancy.models import Merchant

ROWS_NEEDED = 120  # reviewed texts: less than that teaches phrases by heart, not a manner
HELD_OUT_SHARE, HELD_OUT_FEWEST, HELD_OUT_MOST = 0.2, 20, 100  # the newest edits
FROZEN = 100  # products to judge by
FEWEST_FACTS = 2


@dataclass(frozen=True)
class Rows:
    """`learnt` is trained on, `held_out` are the newest edits, for judging alone."""

    learnt: list[Draft]
    held_out: list[Draft]


def lacking(merchant: Merchant) -> Said | None:
    """What is missing before a training makes sense, in words; None when nothing is."""
    choice = choice_of(merchant)
    if choice.engine != EngineName.LOCAL or not choice.local_model:
        return said(
            "Training needs a model on this machine. Choose one under Settings, Text engine; "
            "until then edits adjust the composer's phrases."
        )
    n_rows = training_rows(merchant).count()
    if n_rows < ROWS_NEEDED:
        return said(
            "Too few reviewed texts to train on: %(n)s of %(needed)s. Approve or edit more drafts.",
            n=n_rows,
            needed=ROWS_NEEDED,
        )
    n_cases = merchant.frozen_cases.count() or _candidates(merchant).count()
    if n_cases < FROZEN:
        return said(
            "Too few products with confirmed facts to judge a model by: %(n)s of %(needed)s.",
            n=n_cases,
            needed=FROZEN,
        )
    return None


def _candidates(merchant: Merchant) -> object:
    return merchant.products.live().filter(facts__status="confirmed").distinct()


def frozen_cases(merchant: Merchant) -> list[FrozenCase]:
    """The products set aside, chosen once: those without reviewed texts first, as nothing can be
    learnt from them anyway."""
    found = list(merchant.frozen_cases.order_by("pk"))
    if found:
        return found
    reviewed = set(training_rows(merchant).values_list("product_id", flat=True))
    ids = list(_candidates(merchant).order_by("pk").values_list("pk", flat=True))
    ids.sort(key=lambda pk: pk in reviewed)
    chosen = with_facts(merchant.products.filter(pk__in=ids[: 2 * FROZEN]))
    chosen.sort(key=lambda product: (product.pk in reviewed, product.pk))
    cases = [
        FrozenCase(
            merchant=merchant,
            product=product,
            language=merchant.language,
            tone=Tone.CONVERSATIONAL,
            facts=inputs_of(product),
        )
        for product in chosen
        if len(product.confirmed) >= FEWEST_FACTS
    ]
    return FrozenCase.objects.bulk_create(cases[:FROZEN])


def split_rows(merchant: Merchant, cases: list[FrozenCase]) -> Rows:
    """The newest edits are held out; texts of frozen products are not learnt from."""
    frozen = {case.product_id for case in cases}
    rows = list(training_rows(merchant))
    n_out = min(HELD_OUT_MOST, max(HELD_OUT_FEWEST, round(HELD_OUT_SHARE * len(rows))))
    learnt = [draft for draft in rows[:-n_out] if draft.product_id not in frozen]
    return Rows(learnt, rows[-n_out:])
