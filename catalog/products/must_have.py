"""Which facts a product must have before a text can say anything that matters."""

from django.db.models import Exists, OuterRef, Q

from catalog.products.models import Fact, FactStatus


def confirmed() -> Exists:
    return Exists(Fact.objects.filter(product=OuterRef("pk"), status=FactStatus.CONFIRMED))


def lacks_must_haves() -> Q:
    return ~confirmed()
