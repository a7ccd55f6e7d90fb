"""The AI features' part of the REST API."""

from django.urls import path

from aiassist.copywriting.api import DraftApproveView, DraftRejectView, DraftsView
from aiassist.segments.api import (
    CustomerPredictionsView,
    CustomerSegmentsView,
    SegmentMembersView,
    SegmentPreviewView,
    SegmentsView,
)

urlpatterns = [
    path("drafts", DraftsView.as_view(), name="drafts"),
    path("drafts/<uuid:draft_id>/approve", DraftApproveView.as_view(), name="draft-approve"),
    path("drafts/<uuid:draft_id>/reject", DraftRejectView.as_view(), name="draft-reject"),
    path("segments", SegmentsView.as_view(), name="segments"),
    path("segments:preview", SegmentPreviewView.as_view(), name="segments-preview"),
    path(
        "segments/<uuid:segment_id>/members", SegmentMembersView.as_view(), name="segment-members"
    ),
    path(
        "customers/<str:customer_number>/segments",
        CustomerSegmentsView.as_view(),
        name="customer-segments",
    ),
    path(
        "customers/<str:customer_number>/predictions",
        CustomerPredictionsView.as_view(),
        name="customer-predictions",
    ),
]
