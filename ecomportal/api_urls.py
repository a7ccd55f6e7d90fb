"""The REST API, `/api/v1/`. Each app brings its own addresses below it."""

from django.urls import URLPattern, URLResolver, include, path

from ecomportal.jobs.api import JobCancelView, JobsView, JobView
from ecomportal.web.docs import DocsView, SchemaView
from ecomportal.web.health import LiveView, ReadyView
from ecomportal.webhooks.api import WebhooksView, WebhookView

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", LiveView.as_view(), name="health-live"),
    path("health/ready", ReadyView.as_view(), name="health-ready"),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", DocsView.as_view(), name="docs"),
    path("jobs", JobsView.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>", JobView.as_view(), name="job"),
    path("jobs/<uuid:job_id>/cancel", JobCancelView.as_view(), name="job-cancel"),
    path("webhooks", WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<uuid:webhook_id>", WebhookView.as_view(), name="webhook"),
    path("", include("catalog.api_urls")),
    path("", include("aiassist.api_urls")),
]
