"""A shop with random customers who did random things, many of them just before midnight."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from aiassist.profiles.models import (
    ConversationReading,
    CustomerProfile,
    Persona,
    RfmGroup,
    Segment,
    SegmentMember,
)
from catalog.conversations.models import Conversation
from catalog.orders.models import CurrencyRate, Customer, Interaction, Order, OrderLine
from catalog.products.models import Category, Product
from ecomportal.tenancy.models import Merchant
from tests.aiassist.segments.random_rules import DAYS, TODAY, WORDS

SECONDS = (0, 1, 3600 * 2 + 59, 12 * 3600, 86_399)  # of a day, its ends among them


def moment(rng: Random, merchant: Merchant, *, most_days: int = 430) -> datetime:
    """At an end of a day that rules speak of, of the day before, or of any day."""
    days = [day for day in DAYS if (TODAY - day).days <= most_days]
    some = TODAY - timedelta(days=rng.randint(0, most_days))
    day = rng.choice([rng.choice(days), rng.choice(days) - timedelta(days=1), some])
    start = datetime.combine(day, time.min, ZoneInfo(merchant.timezone))
    return start + timedelta(seconds=rng.choice(SECONDS))


def now_of(merchant: Merchant) -> datetime:
    return datetime.combine(TODAY, time(15), ZoneInfo(merchant.timezone))


def fill(merchant: Merchant, rng: Random, n: int) -> list[Customer]:
    """Products, personas and segments once, and customers with all that rules ask about."""
    products = _products(merchant)
    CurrencyRate.objects.create(merchant=merchant, currency="USD", rate=Decimal("0.91370000"))
    CurrencyRate.objects.create(merchant=merchant, currency="JPY", rate=Decimal("0.00613000"))
    names = [*WORDS["persona"][:2], ""]
    personas = [Persona.objects.create(merchant=merchant, number=k + 1, name=name)
                for k, name in enumerate(names)]  # fmt: skip
    segments = [Segment.objects.create(merchant=merchant, name=name) for name in WORDS["name"]]
    customers = [_customer(merchant, rng, k) for k in range(n)]
    Customer.objects.bulk_create(customers)
    for customer in customers:
        _profile(rng, customer, [*personas, None])
        _orders(rng, customer, products)
        _views(rng, customer, products)
        _chats(rng, customer)
        for segment in segments[:2]:  # the third stays empty
            if rng.random() < 0.4:
                SegmentMember.objects.create(merchant=merchant, segment=segment, customer=customer)
    return customers


def _products(merchant: Merchant) -> list[Product | None]:
    tea = Category.objects.create(merchant=merchant, name="Tea", name_zh="茶", path="Tea")
    green = Category.objects.create(
        merchant=merchant, name="Green", name_zh="绿茶", path="Tea > Green", parent=tea
    )
    cups = Category.objects.create(merchant=merchant, name="Cups", name_zh="杯", path="Cups")
    tags = [["gift"], ["gift", "new"], [], ["it's"]]
    return [
        *(Product.objects.create(merchant=merchant, handle=f"p{k}", title=f"P{k}",
                                 category=category, tags=tags[k])
          for k, category in enumerate([tea, green, cups, None])),
        None,
    ]  # fmt: skip


def _customer(merchant: Merchant, rng: Random, k: int) -> Customer:
    return Customer(
        merchant=merchant,
        external_id=f"{merchant.slug}-{k}",
        country=rng.choice(["", *WORDS["country"]]),
        language=rng.choice(["", *WORDS["customer_language"]]),
        tags=rng.sample(WORDS["customer_tags"], rng.randint(0, 2)),
        accepts_marketing=rng.random() < 0.5,
    )


def _profile(rng: Random, customer: Customer, personas: list[Persona | None]) -> None:
    merchant, n = customer.merchant, rng.choice([0, 1, 2, 3, 5])
    cents = [150, 200, 300, 2000, 4999, 5000, 5001, 12_050]
    score: Any = lambda: rng.choice([None, 1, 2, 3, 4, 5])  # noqa: E731
    CustomerProfile.objects.filter(customer=customer).update(
        n_orders=n,
        spent_cents=rng.choice(cents) if n else 0,
        average_cents=rng.choice(cents) if n else None,
        first_order_at=moment(rng, merchant) if n else None,
        last_order_at=moment(rng, merchant) if n else None,
        rfm_group=rng.choice(["", *RfmGroup.values]),
        r_score=score(),
        f_score=score(),
        m_score=score(),
        clv_cents=rng.choice([None, *cents]),
        churn_probability=rng.choice([None, 0.0, 0.1, 0.3, 0.7, 1.0, 0.55]),
        next_order_on=rng.choice([None, TODAY + timedelta(days=rng.randint(-60, 60))]),
        persona=rng.choice(personas),
        n_unresolved=rng.randint(0, 3),
        chat_sentiment=rng.choice(["", "negative", "neutral", "positive"]),
        csat=rng.choice([None, 1.0, 1.5, 3.0, 4.5]),
    )


def _orders(rng: Random, customer: Customer, products: list[Product | None]) -> None:
    for k in range(rng.choice([0, 0, 1, 2, 4])):
        currency = rng.choice([customer.merchant.currency, "USD", "JPY", "XAF"])
        total = rng.choice([0, 1000, 4999, 5000, 5001, 5472, 5473, 9950, 8157, 8156])
        order = Order.objects.create(
            merchant=customer.merchant,
            customer=customer,
            number=f"{customer.external_id}-{k}",
            status=rng.choice(Order.Status.values),
            currency=currency,
            total_cents=total,
            refunded_cents=rng.choice([0, 0, total // 2, total]),
            ordered_at=moment(rng, customer.merchant),
        )
        lines = [_line(rng, order, products, n) for n in range(rng.randint(0, 2))]
        OrderLine.objects.bulk_create(lines)


def _line(rng: Random, order: Order, products: list[Product | None], n: int) -> OrderLine:
    return OrderLine(
        merchant=order.merchant,
        order=order,
        line_number=str(n),
        product=rng.choice(products),
        sku=rng.choice(WORDS["sku"]),
        unit_price_cents=100,
    )


def _views(rng: Random, customer: Customer, products: list[Product | None]) -> None:
    for _ in range(rng.choice([0, 0, 1, 3])):
        Interaction.objects.create(
            merchant=customer.merchant,
            customer=customer,
            kind=rng.choice(["view", "view", "cart"]),
            product=rng.choice(products),
            sku=rng.choice(WORDS["sku"]),
            at=moment(rng, customer.merchant, most_days=120),
        )


def _chats(rng: Random, customer: Customer) -> None:
    for k in range(rng.choice([0, 0, 1, 2])):
        chat = Conversation.objects.create(
            merchant=customer.merchant,
            customer=customer,
            external_id=f"{customer.external_id}-{k}",
            started_at=moment(rng, customer.merchant, most_days=120),
        )
        if rng.random() < 0.8:
            intents = rng.sample(WORDS["intent"], rng.randint(0, 2))
            ConversationReading.objects.create(
                merchant=customer.merchant, conversation=chat, intents=intents
            )
