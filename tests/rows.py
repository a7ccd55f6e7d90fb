"""Any row of any table, with rows of their own behind its links: for tests that try every table."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ecomportal.tenancy.models import Merchant, User
from tests.factories import make_user

_n = count(1)
MOMENT = datetime(2026, 1, 5, 10, tzinfo=UTC)


def make_row(model: type[models.Model], shop: Merchant) -> Any:
    """Insert a row of the shop that was never there before; call it inside the shop's tenant."""
    values = {
        field.name: _value(field, shop)
        for field in model._meta.concrete_fields
        if _is_needed(field)
    }
    if model._meta.pk.is_relation:  # a trigger may have made it together with its parent
        name = model._meta.pk.name
        return model.objects.get_or_create({**values}, **{name: values[name]})[0]
    return model.objects.create(**values)


def _is_needed(field: models.Field) -> bool:
    """Links always, because a list shows them; else what the database would not fill in."""
    if getattr(field, "generated", False) or isinstance(field, models.AutoField):
        return False
    if field.is_relation:
        return field.related_model is not field.model
    return not (field.has_default() or field.null or isinstance(field, models.JSONField))


def _value(field: models.Field, shop: Merchant) -> Any:
    if field.is_relation:
        return _linked(field.related_model, shop)
    if field.choices:
        return next(value for value, _label in field.flatchoices if value != "")
    n = next(_n)
    if isinstance(field, models.UUIDField):
        return f"00000000-0000-4000-8000-{n:012d}"
    if isinstance(field, models.DateTimeField):
        return MOMENT
    if isinstance(field, models.DateField):
        return MOMENT.date() + timedelta(days=n)  # some tables have one row a day
    if isinstance(field, (models.IntegerField, models.DecimalField)):
        return n
    if isinstance(field, ArrayField):
        return []
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.BinaryField):
        return str(n).encode()
    return f"x{n}"[-(field.max_length or 99) :]


def _linked(model: type[models.Model], shop: Merchant) -> Any:
    if model is Merchant:
        return shop
    return make_user() if model is User else make_row(model, shop)
