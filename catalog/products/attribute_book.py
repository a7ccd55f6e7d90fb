"""A shop's kinds of fact, found by key or by label in either language, made when new."""

from typing import Any

from django.utils.text import slugify

from catalog.products.models import Attribute, AttributeType
from catalog.products.vocabulary import AttributeKind, find_kind


class AttributeBook:
    """Read once per request or batch; `get` writes only when a kind of fact is new."""

    def __init__(self, merchant: Any) -> None:
        self.merchant = merchant
        self.by_name: dict[str, Attribute] = {}
        for attribute in merchant.attributes.all():
            self._add(attribute)

    def _add(self, attribute: Attribute) -> None:
        for name in (attribute.key, attribute.label_en, attribute.label_zh):
            self.by_name.setdefault(name.casefold(), attribute)

    def find(self, name: str, family: str = "") -> Attribute | AttributeKind | None:
        """The shop's own attribute, else the kind that everybody knows by this name."""
        own = self.by_name.get(name.strip().casefold())
        if own:
            return own
        kind = find_kind(name, family)
        return (self.by_name.get(kind.key) or kind) if kind else None

    def type_of(self, name: str, family: str = "") -> str:
        found = self.find(name, family)
        return found.type if found else AttributeType.TEXT

    def get(self, name: str, family: str = "") -> Attribute:
        """The attribute of this name, made from the vocabulary or as plain text if need be."""
        found = self.find(name, family)
        if isinstance(found, Attribute):
            return found
        fields = _of_kind(found) if found else _of_name(name.strip(), self.by_name)
        attribute, _ = Attribute.objects.get_or_create(
            merchant=self.merchant, key=fields.pop("key"), defaults=fields
        )
        self._add(attribute)
        return attribute


def _of_kind(kind: AttributeKind) -> dict[str, Any]:
    return {
        "key": kind.key,
        "label_en": kind.label_en[:1].upper() + kind.label_en[1:],
        "label_zh": kind.label_zh,
        "type": kind.type,
        "unit": kind.default_unit,
    }


def _of_name(name: str, taken: dict[str, Attribute]) -> dict[str, Any]:
    base = slugify(name, allow_unicode=True).replace("-", "_")[:50] or "fact"
    key = base if base not in taken else f"{base}_{len(taken)}"
    return {"key": key, "label_en": name[:80], "label_zh": name[:80]}
