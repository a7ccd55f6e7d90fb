"""The addresses of segments, below `segments/`."""

from django.urls import path

from aiassist.segments import (
    actions,
    builder,
    campaign,
    history,
    list_view,
    live,
    overlap,
    page,
)
from aiassist.segments.audiences import views as audiences

SEGMENT = "segments/<id:segment_id>/"
urlpatterns = [
    path("segments/", list_view.segments, name="segments"),
    path("segments/new/", builder.segment_new, name="segment-new"),
    path("segments/count/", live.count, name="segment-count"),
    path("segments/sample/", live.sample, name="segment-sample"),
    path("segments/suggest/", live.suggestions, name="segment-suggest"),
    path("segments/overlap/", overlap.overlap, name="segment-overlap"),
    path("segments/overlap/save/", overlap.save, name="segment-overlap-save"),
    path(SEGMENT, page.segment, name="segment"),
    path(f"{SEGMENT}edit/", builder.segment_edit, name="segment-edit"),
    path(f"{SEGMENT}why/", live.why, name="segment-why"),
    path(f"{SEGMENT}campaign/", campaign.campaign, name="segment-campaign"),
    path(f"{SEGMENT}history/", history.history, name="segment-history"),
    path(f"{SEGMENT}revisions/", history.revisions, name="segment-revisions"),
    path(
        f"{SEGMENT}revisions/<int:version>/restore/",
        actions.revision_restore,
        name="segment-revision-restore",
    ),
    path(f"{SEGMENT}refresh/", actions.refresh, name="segment-refresh"),
    path(f"{SEGMENT}copy/", actions.copy, name="segment-copy"),
    path(f"{SEGMENT}delete/", actions.delete, name="segment-delete"),
    path(f"{SEGMENT}restore/", actions.restore, name="segment-restore"),
    path(f"{SEGMENT}export/", audiences.audience_new, name="audience-new"),
    path("segments/exports/<uuid:export_id>/", audiences.audience, name="audience"),
    path("segments/exports/<uuid:export_id>/file/", audiences.audience_file, name="audience-file"),
]
