"""The API's own page, from files of ours."""

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

# The viewer styles its own elements; nothing of a shop is ever shown on this page.
RELAXED = {"style-src": ["'unsafe-inline'"]}


class SchemaView(SpectacularAPIView):
    authentication_classes: list[type] = []
    permission_classes: list[type] = []


@method_decorator(csp_update(RELAXED), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    authentication_classes: list[type] = []
    permission_classes: list[type] = []
    url_name = "api:schema"
