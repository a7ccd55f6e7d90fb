"""The columns of the customer list and its orders."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.orders.models import Customer


@dataclass(frozen=True)
class Column:
    """`sort` is the name it sorts by, where it does; `hides` on which width it goes."""

    name: str
    label: Any
    fields: tuple[str, ...]
    sort: str = ""
    is_number: bool = False
    hides: str = ""  # "s" below 720 px, "m" below 1100 px


P = "profile__"
COLUMNS = {
    column.name: column
    for column in (
        Column("group", _("Group"), (f"{P}rfm_group", f"{P}former_group", f"{P}moved_at")),
        Column("rfm", _("R F M"), (f"{P}r_score", f"{P}f_score", f"{P}m_score"), hides="m"),
        Column("orders", _("Orders"), (f"{P}n_orders",), is_number=True, hides="s"),
        Column("spent", _("Spent"), (f"{P}spent_cents",), "spent", is_number=True),
        Column(
            "average", _("Average order"), (f"{P}average_cents",), is_number=True, hides="m"
        ),
        Column("last", _("Last order"), (f"{P}last_order_at",), "last", is_number=True, hides="s"),
        Column(
            "value", _("Value, 365 days"),
            (f"{P}clv_cents", f"{P}clv_low_cents", f"{P}clv_high_cents"),
            "value", is_number=True, hides="s",
        ),
        Column("churn", _("Churn"), (f"{P}churn_probability",), "churn", hides="m"),
        Column("next", _("Next order"), (f"{P}next_order_on",), is_number=True, hides="m"),
        Column("persona", _("Persona"), (f"{P}persona__name", f"{P}persona__number"), hides="m"),
        Column("chats", _("Unresolved chats"), (f"{P}n_unresolved",), is_number=True, hides="m"),
        Column("country", _("Country"), ("country",), hides="m"),
        Column("language", _("Language"), ("language",), hides="m"),
        Column("marketing", _("Accepts marketing"), ("accepts_marketing",), hides="m"),
        Column("tags", _("Tags"), ("tags",), hides="m"),
        Column("created", _("Customer since"), ("created_at",), "created", is_number=True,
               hides="m"),
    )
}  # fmt: skip
USUAL = ("group", "rfm", "orders", "spent", "last", "value", "churn")
# By what the list is ordered -> the columns in that order and, where they may be empty, the one
# whose rows alone have a place in it.
SORTS: dict[str, tuple[dict[str, Any], str]] = {
    "spent": ({"spent": F(f"{P}spent_cents"), "place": F(f"{P}customer_id")}, ""),
    "last": (
        {"last": F(f"{P}last_order_at"), "place": F(f"{P}customer_id")}, f"{P}last_order_at",
    ),
    "value": ({"worth": F(f"{P}clv_cents"), "place": F(f"{P}customer_id")}, f"{P}clv_cents"),
    "churn": (
        {"churn": F(f"{P}churn_probability"), "place": F(f"{P}customer_id")},
        f"{P}churn_probability",
    ),
    "name": ({"by_name": F("name"), "place": F("id")}, ""),
    "created": ({"since": F("created_at"), "place": F("id")}, ""),
}  # fmt: skip
USUAL_SORT = "-spent"


def sort_of(query: Any, *, is_of_new: bool = False) -> str:
    """As the address asks. Customers without an order have only a name and a day."""
    sort = query.get("sort", "")
    if is_of_new:
        return sort if sort.removeprefix("-") in ("name", "created") else "-created"
    return sort if sort.removeprefix("-") in SORTS else USUAL_SORT


def ordered(customers: QuerySet[Customer], sort: str) -> tuple[QuerySet[Customer], list[str]]:
    """The customers with the sort's columns, and the names to order by."""
    columns, needed = SORTS[sort.removeprefix("-")]
    if needed:
        customers = customers.filter(**{f"{needed}__isnull": False})
    sign = "-" if sort.startswith("-") else ""
    # Every customer has a profile; saying so lets its indexes give the order.
    customers = customers.filter(profile__isnull=False).annotate(**columns)
    return customers, [f"{sign}{name}" for name in columns]


def names_of(query: Any, remembered: str) -> list[str]:
    """The columns an address asks for, else those this person chose last, else the usual ones."""
    asked = [name for text in query.getlist("cols") for name in text.split(",") if name]
    names = asked or [name for name in remembered.split(",") if name]
    return [name for name in dict.fromkeys(names) if name in COLUMNS] or list(USUAL)
