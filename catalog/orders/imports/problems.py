"""What can be wrong with a file of orders or customers, beside what may be wrong with any table."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.orders.imports.fields import SHOWN
from catalog.products.imports.problems import MESSAGES as OF_TABLES
from catalog.products.imports.problems import filled_words
from ecomportal.web.formats import money, number

MESSAGES = {
    **OF_TABLES,
    # The whole file
    "not_a_table": _(
        "This is no table of customers, orders or interactions. The first line must name the "
        "columns, such as order_id, customer_id, sku. It reads: {found}"
    ),
    "is_markup": _("This is a web page or a document, not a table. Upload a CSV or a workbook."),
    "is_json": _("This is a JSON document, not a table. Send it over REST, or export it as CSV."),
    "unpacks_too_large": _(
        "What is packed in this file is far larger than a table, or more than {limit} MiB. "
        "Upload it unpacked, or split it into several files."
    ),
    "no_number": _("No column holds the number of the order. Choose one."),
    "no_date": _("No column says when the order was placed. Choose one."),
    "no_person": _("No column names the customer: choose one for the number or the e-mail."),
    "no_event": _("No column says what happened. Choose one for the event."),
    "no_visitor": _("No column says who did it: a customer, a visitor or a session."),
    # A cell
    "not_email": _("{column} holds no e-mail address. Its text is not shown and was not kept."),
    "not_phone": _(
        "{column} holds no phone number. Write it with its country, such as +49 30 123456. "
        "Its text is not shown and was not kept."
    ),
    "phone_without_country": _(
        "{column} holds a number without its country. Write it as +49 30 123456, or fill in the "
        "country of the customer."
    ),
    "not_a_date": _(
        "{column} “{value}” is not a date. Write it as 2026-03-31 or 2026-03-31 14:05."
    ),
    "day_or_month": _(
        "{column} “{value}”: the day or the month may stand first. Choose which on the page of "
        "columns, or write dates as 2026-03-31."
    ),
    "in_future": _(
        "{column} “{value}” lies in the future. Check the date, and the time zone of the shop."
    ),
    "too_early": _("{column} “{value}” lies before {year}. Check the date."),
    "not_currency": _("{column} “{value}” is not a currency. Write its code, such as EUR or CNY."),
    "negative_quantity": _(
        "{column} “{value}” is below zero. A return is no line of its own: put what was paid back "
        "into refunded_amount of the line that was bought."
    ),
    "not_country": _("{column} “{value}” is not a country. Write two letters, such as DE or CN."),
    "not_language": _("{column} “{value}” is not a language. Write its code, such as en or zh."),
    "not_order_status": _(
        "{column} “{value}” is not a status. Write pending, paid, shipped, delivered, cancelled "
        "or refunded."
    ),
    "not_event": _("{column} “{value}” is not an event we know, such as Product Viewed."),
    # A row
    "no_order_number": _("The line has no order number, so its order is unknown."),
    "no_customer": _("The line names no customer: it has neither a number nor an e-mail."),
    "nobody": _("The line says of nobody: it has no customer, no visitor and no session."),
    "no_time": _("{key} has no date, and it is new. Say when it was placed."),
    "empty_order": _("{key} has neither lines nor a total, so nothing was bought."),
    "line_without_price": _("Line {part} of {key} has no unit price."),
    "discount_too_large": _("The discount of line {part} is larger than the line itself."),
    "refund_too_large": _(
        "{refunded} were paid back for an order of {total}. No more can be paid back than was "
        "paid: correct the refund, or the total."
    ),
    "two_values": _("{key} has two values for {field}: {first} and {second} (line {other_line})."),
    "line_again": _("Line {part} of {key} stands on line {other_line} already, with other values."),
    "same_customer": _("Line {other_line} is the same customer: {other}."),
    "row_again": _("{key} stands on line {other_line} already, with other values."),
    "too_many_lines_of_order": _("One order may have {limit} lines; this one has more."),
    "total_too_big": _("The total of {key} is larger than any amount we keep."),
    "erased": _(
        "This customer was erased on {day} and is not made again. "
        "Let the number in again under Settings, Privacy, if the person came back."
    ),
    # Found when writing
    "changed_since": _("It was changed after this dry run. Compare again."),
    "gone_since": _("It was deleted after this dry run. Compare again."),
    "made_since": _("It was made by somebody else after this dry run. Compare again."),
    "erased_since": _("This customer was erased after this dry run and is not made again."),
    "not_written": _("The database refused this row. Nothing of it was written."),
    # Found when taking back
    "stays_changed": _("It was changed after the import, so it stays."),
    "stays_gone": _("It is not there any more."),
    "stays_used": _("Orders, events or chats hang on it, so it stays."),
    # Worth a remark
    "makes_customer": _("The customer {customer} is not known and will be made"),
    "names_nobody": _("Names no customer: counts in sales, in no segment"),
    "takes_over": _("Known by the e-mail only; gets this number"),
    "unknown_skus": _("SKUs that no product has yet: {skus}"),
}


def words(found: Mapping[str, Any]) -> str:
    shown = dict(found)
    for name in found.get("amounts", ()):
        shown[name] = _amount(found[name], found.get("currency") or "")
    if "field" in found:
        shown["field"] = str(SHOWN.get(found["field"], found["field"]))
    return filled_words(MESSAGES[found["code"]], shown)


def _amount(cents: int, currency: str) -> str:
    return money(cents, currency) if currency else number(Decimal(cents) / 100)
