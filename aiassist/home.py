"""A shop's home: what there is, what runs, what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from ecomportal.tenancy.access import EVERYONE, merchant_required


@merchant_required(*EVERYONE)
def shop_home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


urlpatterns = [path("", shop_home, name="shop-home")]
