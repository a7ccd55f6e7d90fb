"""The AI features' part of the REST API."""

from django.urls import path

from aiassist.copywriting.api import DraftApproveView, DraftRejectView, DraftsView

urlpatterns = [
    path("drafts", DraftsView.as_view(), name="drafts"),
    path("drafts/<uuid:draft_id>/approve", DraftApproveView.as_view(), name="draft-approve"),
    path("drafts/<uuid:draft_id>/reject", DraftRejectView.as_view(), name="draft-reject"),
]
