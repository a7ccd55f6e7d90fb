"""Products, their variants, facts, texts and pictures.

Every table here that a person can edit keeps its history by database triggers, whatever path
wrote it, and a product's `version` is raised by triggers on every write of its row and of the rows
below it. Code that changes rows below a product without a write of its own calls `touch`.
"""

from catalog.products.models.base import (
    RAISE_VERSION,
    BaseAmount,
    Grams,
    SearchKeys,
    track,
)
from catalog.products.models.contents import (
    TEXT_LABELS,
    CopyKind,
    ProductImage,
    ProductText,
    TextField,
    TextOrigin,
)
from catalog.products.models.facts import (
    NOT_REJECTED,
    Attribute,
    AttributeType,
    Fact,
    FactStatus,
)
from catalog.products.models.products import (
    Category,
    Product,
    ProductFigures,
    ProductManager,
    ProductQuerySet,
    ProductStatus,
    Variant,
    path_column,
    touch,
)

__all__ = [
    "Attribute",
    "AttributeType",
    "BaseAmount",
    "Category",
    "CopyKind",
    "Fact",
    "FactStatus",
    "Grams",
    "NOT_REJECTED",
    "Product",
    "ProductFigures",
    "ProductImage",
    "ProductManager",
    "ProductQuerySet",
    "ProductStatus",
    "ProductText",
    "RAISE_VERSION",
    "TEXT_LABELS",
    "SearchKeys",
    "TextField",
    "TextOrigin",
    "Variant",
    "path_column",
    "touch",
    "track",
]
