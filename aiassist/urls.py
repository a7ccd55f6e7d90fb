"""The shop's pages of what AI assists with."""

from django.urls import path

from aiassist.copywriting import approvals, copy_page, mending, review, views
from aiassist.copywriting.engines.urls import urlpatterns as engines
from aiassist.copywriting.glossary import views as glossary
from aiassist.copywriting.learning.urls import urlpatterns as learning
from aiassist.copywriting.rules import views as rules
from aiassist.registry import views as registry
from aiassist.segments import build_views
from aiassist.segments.clv_urls import urlpatterns as predictions
from aiassist.segments.customers.urls import urlpatterns as customers
from aiassist.segments.personas_urls import urlpatterns as personas
from aiassist.segments.urls import urlpatterns as segments

app_name = "aiassist"
urlpatterns = [
    *engines,
    *learning,
    *predictions,
    *personas,
    *segments,
    *customers,
    path("segments/build/", build_views.build, name="segments-build"),
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
    path("content/drafts/<uuid:draft_id>/fact/", mending.add_fact, name="draft-fact"),
    path("content/drafts/<uuid:draft_id>/refresh/", mending.refresh, name="draft-refresh"),
    path("content/drafts/<uuid:draft_id>/exempt/", mending.exempt, name="draft-exempt"),
    path("content/approve-clean/", approvals.approve_clean, name="approve-clean"),
    path("content/approvals/<uuid:change_id>/undo/", approvals.undo_many, name="approvals-undo"),
    path("content/copy/", copy_page.copy, name="copy"),
    path("content/copy/export/", copy_page.copy_export, name="copy-export"),
    path("content/glossary/", glossary.glossary, name="glossary"),
    path("content/glossary/import/", glossary.import_terms, name="glossary-import"),
    path("content/glossary/export/", glossary.export_terms, name="glossary-export"),
    path("content/glossary/<uuid:term_id>/", glossary.term_save, name="glossary-term"),
    path("content/glossary/<uuid:term_id>/remove/", glossary.term_remove, name="glossary-remove"),
    path("content/glossary/edits/<uuid:edit_id>/undo/", glossary.edit_undo, name="glossary-undo"),
    path("content/rules/", rules.rules, name="rules"),
    path("content/rules/count/", rules.rule_count, name="rule-count"),
    path("content/rules/off/", rules.rules_off, name="rules-off"),
    path("content/rules/<uuid:rule_id>/", rules.rule, name="rule"),
    path("content/rules/<uuid:rule_id>/switch/", rules.rule_switch, name="rule-switch"),
    path("content/rules/<uuid:rule_id>/run/", rules.rule_run, name="rule-run"),
    path("content/rules/<uuid:rule_id>/remove/", rules.rule_remove, name="rule-remove"),
    path("content/checks/", mending.checks, name="checks"),
    path("content/checks/<uuid:exemption_id>/revoke/", mending.revoke, name="exemption-revoke"),
    path("models/", registry.models, name="models"),
    path("models/<uuid:version_id>/use/", registry.model_use, name="model-use"),
    path("models/<str:kind>/rollback/", registry.model_rollback, name="model-rollback"),
]
