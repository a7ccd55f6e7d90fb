"""Every address of the site. The shop's pages stand below its slug."""

from django.contrib import admin
from django.urls import include, path

from ecomportal.web import errors

handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/", include("allauth.account.urls")),
    path("api/v1/", include("ecomportal.api_urls")),
    path("feeds/", include("catalog.products.feeds.public_urls")),
    path("", include("ecomportal.platform_urls")),
    path("<slug:merchant_slug>/", include("aiassist.home")),
    path("<slug:merchant_slug>/", include("catalog.urls")),
    path("<slug:merchant_slug>/", include("aiassist.urls")),
    path("<slug:merchant_slug>/", include("ecomportal.shop_urls")),
]
