"""What may come in from the smaller forms around products; the editor reads its own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Attribute, AttributeType, Category
from catalog.products.money import parse_money
from catalog.products.vocabulary import FAMILIES


class ShopForm(forms.Form):
    """A form that knows its shop; `params` is what a job is given, in plain JSON."""

    def __init__(self, *args: Any, merchant: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant

    def params(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class NewProductForm(ShopForm):
    title = forms.CharField(label=_("Name"), max_length=255)
    price = forms.CharField(label=_("Price"), max_length=20)
    sku = forms.CharField(label=_("SKU"), max_length=120, required=False)
    product_type = forms.CharField(
        label=_("Type"), max_length=120, required=False,
        help_text=_("What it is, such as T-shirt or wristwatch: it tells which facts it needs."),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=None, required=False, empty_label=_("No category")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = self.merchant.categories.order_by("path")

    def clean_price(self) -> int:
        return parse_money(self.cleaned_data["price"], self.merchant.currency)

    def clean_sku(self) -> str:
        sku = self.cleaned_data["sku"]
        if sku and self.merchant.variants.filter(sku=sku, deleted_at=None).exists():
            raise ValidationError(_("Another variant has this SKU."))
        return sku


def free_handle(merchant: Any, title: str) -> str:
    """A handle made of the title that no live product of the shop has yet."""
    base = slugify(title, allow_unicode=True)[:240] or "product"
    alike = merchant.products.live().filter(handle__startswith=base)
    taken = {handle.lower() for handle in alike.values_list("handle", flat=True)}
    if base.lower() not in taken:
        return base
    return next(h for n in range(2, len(taken) + 3) if (h := f"{base}-{n}") not in taken)


class CategoryForm(ShopForm):
    """Add a category, or rename and move one (`category`); its path is spelled by the view."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=120, required=False)
    parent = forms.ModelChoiceField(
        label=_("Inside"), queryset=None, required=False, empty_label=_("Top level")
    )
    family = forms.ChoiceField(
        label=_("Product family"), required=False,
        help_text=_("Tells which facts its products need."),
    )  # fmt: skip

    def __init__(self, *args: Any, category: Category | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category = category
        self.fields["parent"].queryset = self.merchant.categories.order_by("path")
        names = [(key, f"{f.label_en} · {f.label_zh}") for key, f in FAMILIES.items()]
        self.fields["family"].choices = [("", _("Told by each product's type")), *names]

    def clean_name(self) -> str:
        if ">" in self.cleaned_data["name"]:
            raise ValidationError(_("A name cannot contain “>”: it stands between the levels."))
        return self.cleaned_data["name"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        parent, name = data.get("parent"), data.get("name", "")
        if self.category and parent and self._is_below(parent):
            raise ValidationError(_("A category cannot stand inside itself."))
        self.path = f"{parent.path} > {name}" if parent else name
        if len(self.path) > 400:
            raise ValidationError(_("The path down to this category is too long."))
        same = self.merchant.categories.filter(path=self.path)
        if same.exclude(pk=self.category.pk if self.category else None).exists():
            raise ValidationError(_("There is a category with this name here already."))
        return data

    def _is_below(self, parent: Category) -> bool:
        return parent.pk == self.category.pk or parent.path.startswith(f"{self.category.path} > ")


class AttributeForm(forms.ModelForm):
    class Meta:
        model = Attribute
        fields = ["label_en", "label_zh", "type", "unit"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("unit") and data.get("type") not in {
            AttributeType.NUMBER,
            AttributeType.DIMENSIONS,
        }:
            self.add_error("unit", _("Only numbers and dimensions have a unit."))
        return data
