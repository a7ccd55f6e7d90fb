"""The shop's pages of what AI assists with."""

from django.urls import path

from aiassist.copywriting import review, views
from aiassist.copywriting.engines.urls import urlpatterns as engines

app_name = "aiassist"
urlpatterns = [
    *engines,
    path("content/", review.queue, name="review"),
    path("content/write/", views.generate, name="generate"),
    path("content/write/preview/", views.preview, name="generate-preview"),
    path("content/sentences/", views.approved, name="approved-texts"),
    path(
        "content/sentences/<uuid:text_id>/remove/",
        views.approved_remove,
        name="approved-text-remove",
    ),
    path("content/drafts/<uuid:draft_id>/", review.draft, name="draft"),
    path("content/drafts/<uuid:draft_id>/approve/", review.approve, name="draft-approve"),
    path("content/drafts/<uuid:draft_id>/reject/", review.reject, name="draft-reject"),
    path("content/drafts/<uuid:draft_id>/undo/", review.undo, name="draft-undo"),
    path("content/drafts/<uuid:draft_id>/check/", review.check_live, name="draft-check"),
]
