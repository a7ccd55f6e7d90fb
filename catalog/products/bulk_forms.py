"""What may come in for a bulk edit; `params` is what the job is given, in plain JSON."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.products.bulk_sql import roundings
from catalog.products.forms import ShopForm
from catalog.products.models import AttributeType, ProductStatus
from catalog.products.money import parse_money
from catalog.products.typed_facts import read_fact
from ecomportal.said import in_both, said
from ecomportal.web.formats import money, number

MAX_PERCENT = Decimal(10_000)
MAX_TAGS = 20
ROUNDING_WORDS = {
    "none": _("to the smallest unit"),
    "10": _("to tens"),
    "100": _("to hundreds"),
    "99": _("to end in .99"),
    "95": _("to end in .95"),
    "whole": _("to whole amounts"),
    "0.05": _("to 0.05"),
    "0.10": _("to 0.10"),
}


class BulkForm(ShopForm):
    """`words` tells what the form asks for, once it is valid."""

    def words(self) -> Any:
        """What is done, to be stored as part of the job's title."""
        return ""


class LeavesOutForm(BulkForm):
    leave_out = forms.BooleanField(
        label=_("Leave these products as they are and change the rest"), required=False
    )

    def params(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "leave_out"}


class PriceForm(LeavesOutForm):
    HOW = [
        ("set", _("Set to")),
        ("amount", _("Change by an amount")),
        ("percent", _("Change by percent")),
    ]
    how = forms.ChoiceField(label=_("How"), initial="percent")
    value = forms.CharField(
        label=_("Value"), max_length=20, required=False,
        help_text=_("With a minus to lower, such as -10."),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )  # fmt: skip
    rounding = forms.ChoiceField(
        label=_("Round"), required=False, help_text=_("Half a step is rounded up.")
    )
    NEEDS_VALUE = ("set", "amount", "percent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].choices = self.HOW
        rules = roundings(self.merchant.currency)
        self.fields["rounding"].choices = [(rule, ROUNDING_WORDS[rule]) for rule in rules]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        how, text = data.get("how"), data.get("value", "").replace("−", "-").strip()
        if how in self.NEEDS_VALUE:
            try:
                data["value"] = self._read(how, text)
            except ValidationError as error:
                self.add_error("value", error)
        else:
            data["value"] = "0"
        if how not in ("amount", "percent"):
            data["rounding"] = "none"
        data["rounding"] = data.get("rounding") or "none"
        return data

    def _read(self, how: str, text: str) -> str:
        if how == "percent":
            return str(_percent(text))
        if how == "set":
            return str(parse_money(text, self.merchant.currency))
        is_less = text.startswith("-")
        cents = parse_money(text.removeprefix("-").removeprefix("+"), self.merchant.currency)
        return str(-cents if is_less else cents)

    def words(self) -> Any:
        how, value = self.cleaned_data["how"], Decimal(self.cleaned_data["value"])
        if how == "percent":
            return f"{'+' if value > 0 else ''}{number(value)}%"
        if how not in self.NEEDS_VALUE:
            return dict(self.HOW)[how]
        sign = "+" if how == "amount" and value > 0 else ""
        return f"{sign}{money(int(value), self.merchant.currency)}"


class CompareAtForm(PriceForm):
    HOW = [*PriceForm.HOW, ("copy", _("Set to the present price")), ("clear", _("Remove it"))]


def _percent(text: str) -> Decimal:
    try:
        percent = Decimal(text.rstrip("% ").removeprefix("+")) if text.isascii() else Decimal("NaN")
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or percent != round(percent, 3):
        raise ValidationError(_("Write the percentage as a number, such as 10 or -12.5."))
    if abs(percent) > MAX_PERCENT:
        raise ValidationError(_("At most 10,000 percent."))
    return percent


class StatusForm(BulkForm):
    status = forms.ChoiceField(label=_("New status"), choices=ProductStatus.choices)

    def words(self) -> Any:
        return ProductStatus(self.cleaned_data["status"]).label


class CategoryForm(BulkForm):
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=None, required=False, empty_label=_("No category")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = self.merchant.categories.order_by("path")

    def params(self) -> dict[str, Any]:
        category = self.cleaned_data["category"]
        return {"category": str(category.pk) if category else ""}

    def words(self) -> Any:
        category = self.cleaned_data["category"]
        if category is None:
            return _("No category")
        return in_both(en=category.label("en"), zh=category.label("zh"))


class TagsForm(BulkForm):
    HOW = [("add", _("Add")), ("remove", _("Remove")), ("replace", _("Replace all tags with"))]
    how = forms.ChoiceField(label=_("How"), choices=HOW, required=False)
    tags = forms.CharField(
        label=_("Tags"), max_length=500, required=False, help_text=_("Separated by commas.")
    )

    def clean_how(self) -> str:
        return self.cleaned_data["how"] or "add"

    def clean_tags(self) -> list[str]:
        text = self.cleaned_data["tags"].replace("，", ",")
        tags = list(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))
        if any(len(tag) > 80 for tag in tags):
            raise ValidationError(_("A tag has at most 80 characters."))
        if len(tags) > MAX_TAGS:
            raise ValidationError(_("At most 20 tags at once."))
        return tags

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("tags") == [] and data.get("how") in ("add", "remove"):
            self.add_error("tags", _("Write at least one tag."))
        return data

    def words(self) -> Any:
        how, tags = self.cleaned_data["how"], self.cleaned_data["tags"]
        return said("%(name)s: %(value)s", name=dict(self.HOW)[how], value=tags or _("nothing"))


class FactForm(BulkForm):
    HOW = [("set", _("Set")), ("remove", _("Remove"))]
    how = forms.ChoiceField(label=_("How"), choices=HOW)
    attribute = forms.ModelChoiceField(label=_("Fact"), queryset=None, empty_label=None)
    value = forms.CharField(
        label=_("Value"), max_length=500, required=False,
        help_text=_("Several values of a list are separated by commas. To remove all of a kind, "
                    "leave it empty."),
    )  # fmt: skip
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["attribute"]
        field.queryset = self.merchant.attributes.order_by("position", "key")
        language = get_language() or "en"
        field.label_from_instance = lambda attribute: attribute.label(language)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        attribute, text = data.get("attribute"), data.get("value", "").strip()
        data["values"], data["number"] = [text] if text else [], None
        if attribute is None:
            return data
        try:
            self._read(data, attribute, text)
        except ValidationError as error:
            self.add_error("value", error)
        return data

    def _read(self, data: dict[str, Any], attribute: Any, text: str) -> None:
        if not text:
            if data.get("how") == "set":
                raise ValidationError(_("Write the value that these products have."))
            return
        is_number = attribute.type == AttributeType.NUMBER
        if data.get("unit") and not is_number and attribute.type != AttributeType.DIMENSIONS:
            self.add_error("unit", _("Only numbers and dimensions have a unit."))
        if is_number and data.get("how") == "remove":
            return  # whatever is written there is what goes
        read = read_fact(attribute, text, data.get("unit", ""))
        number = None if read.number is None else read.values[0]
        data.update(values=list(read.values), number=number, unit=read.unit)

    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "how": data["how"],
            "attribute": str(data["attribute"].pk),
            "values": data["values"],
            "number": data["number"],
            "unit": data["unit"],
        }

    def words(self) -> Any:
        data, kind = self.cleaned_data, self.cleaned_data["attribute"]
        label = in_both(en=kind.label("en"), zh=kind.label("zh"))
        values = [f"{value} {data['unit']}".strip() for value in data["values"]]
        return said("%(name)s: %(value)s", name=label, value=values or _("nothing"))


class RestoreForm(LeavesOutForm):
    def params(self) -> dict[str, Any]:
        return {}


BULK_FORMS: dict[str, type[BulkForm]] = {
    "price": PriceForm,
    "compare_at": CompareAtForm,
    "status": StatusForm,
    "category": CategoryForm,
    "tags": TagsForm,
    "fact": FactForm,
    "delete": BulkForm,
    "restore": RestoreForm,
}
