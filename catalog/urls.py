"""The shop's pages of `catalog`."""

from catalog.orders.events import urls as events
from catalog.orders.imports import urls as intake
from catalog.products import urls as products
from catalog.products.exports import urls as exports
from catalog.products.feeds import urls as feeds
from catalog.products.imports import urls as imports
from catalog.products.missing import urls as missing

app_name = "catalog"
urlpatterns = [
    *imports.urlpatterns,
    *exports.urlpatterns,
    *feeds.urlpatterns,
    *missing.urlpatterns,
    *intake.urlpatterns,
    *events.urlpatterns,
    *products.urlpatterns,
]
