"""The door: into the one shop a person has, or to the list of her shops."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ecomportal.tenancy.access import own_shops


@login_required
def home(request: HttpRequest) -> HttpResponse:
    shops = own_shops(request.user)
    if len(shops) == 1:
        return redirect("shop-home", shops[0]["slug"])
    return render(request, "shops.html", {"shops": shops})
