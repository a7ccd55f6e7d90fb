"""What a request starts from: no shop, no role. `merchant_required` gives it one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class TenantMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.merchant = None
        request.role = None
        return self.get_response(request)
