"""Addresses of the Jobs pages, below a shop's."""

from django.urls import path

from ecomportal.jobs import views

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/badge/", views.badge, name="jobs-badge"),
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("jobs/<uuid:job_id>/progress/", views.progress, name="job-progress"),
    path("jobs/<uuid:job_id>/cancel/", views.cancel, name="job-cancel"),
    path("jobs/<uuid:job_id>/retry/", views.retry, name="job-retry"),
]
