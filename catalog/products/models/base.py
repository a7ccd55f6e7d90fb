"""What the tables of products share: history, versions, and columns the database works out.

Migrations know the functions by the package's name.
"""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func
from django.utils.deconstruct import deconstructible

RAISE_VERSION = pgtrigger.Trigger(
    name="raise_version",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="IF NEW.version = OLD.version THEN NEW.version = OLD.version + 1; END IF; RETURN NEW;",
)

# For the merchant of a row below a product: the key of both together, which row-level security
# adds, holds it to the product's merchant, and starts what indexes such rows are found by. A key
# and an index of its own would be a check and an entry more for each of a dozen rows a product.
KEPT_BY_PRODUCT = {"db_constraint": False, "db_index": False}


def track(*, of_product: str = "", **options: object) -> object:
    """Keep history of every insert, update and delete, one statement-level trigger each.

    `of_product` names the index by which history of rows below a product is found.
    """
    trackers = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    if of_product:
        options["meta"] = {"indexes": [models.Index(fields=["product"], name=of_product)]}
    else:
        options["obj_field"] = pghistory.ObjForeignKey(related_name="events", db_index=True)
    return pghistory.track(*trackers, level=pghistory.Statement, append_only=False, **options)


@deconstructible(path="catalog.products.models.Grams")
class Grams(Func):
    """The words and n-grams of a text, as search stores them (see the SQL function `grams`)."""

    function = "grams"
    output_field = ArrayField(models.TextField())


@deconstructible(path="catalog.products.models.SearchKeys")
class SearchKeys(Func):
    """The pieces of words with marks of the shop and of the hours a product was changed in, as the
    index of words has them (see the SQL function `search_keys`)."""

    function = "search_keys"
    output_field = ArrayField(models.TextField())


@deconstructible(path="catalog.products.models.BaseAmount")
class BaseAmount(Func):
    """A fact as a number in the base unit of its quantity: 300 mm and 30 cm are both 0.3 (see the
    SQL function `base_amount`). Of dimensions it is the longest side."""

    function = "base_amount"
    output_field = models.FloatField()
