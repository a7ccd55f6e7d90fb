"""The shop's pages of `catalog`."""

from catalog.products import urls as products
from catalog.products.imports import urls as imports

app_name = "catalog"
urlpatterns = [*imports.urlpatterns, *products.urlpatterns]
