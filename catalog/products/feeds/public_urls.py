"""Where feeds and their pictures are fetched, outside any shop's pages and without a person."""

from django.urls import path

from catalog.products.feeds import public

urlpatterns = [
    path("pictures/<str:token>/<uuid:image_id>/", public.feed_picture, name="feed-picture"),
    path("<str:token>.tsv", public.feed_table, name="feed-table"),
    path("<str:token>.xml", public.feed_rss, name="feed-rss"),
]
