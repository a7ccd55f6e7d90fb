"""The addresses of feeds, below `products/feeds/`."""

from django.urls import path

from catalog.products.feeds import views

FEED = "products/feeds/<uuid:feed_id>/"
urlpatterns = [
    path("products/feeds/", views.feeds, name="feeds"),
    path("products/feeds/new/", views.feed_new, name="feed-new"),
    path(FEED, views.feed, name="feed"),
    path(f"{FEED}edit/", views.feed_edit, name="feed-edit"),
    path(f"{FEED}check/", views.feed_check, name="feed-check"),
    path(f"{FEED}address/", views.feed_address, name="feed-address"),
    path(f"{FEED}open/", views.feed_open, name="feed-open"),
    path(f"{FEED}delete/", views.feed_delete, name="feed-delete"),
    path(f"{FEED}problems.csv", views.feed_problems, name="feed-problems"),
]
