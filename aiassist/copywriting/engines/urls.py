"""The pages of the text engine, among the shop's settings."""

from django.urls import path

from aiassist.copywriting.engines import forecast_view, views

urlpatterns = [
    path("content/write/estimate/", forecast_view.estimate, name="generate-estimate"),
    path("settings/text-engine/", views.settings, name="text-engine"),
    path("settings/text-engine/try/", views.attempt, name="text-engine-try"),
    path("settings/text-engine/tried/<uuid:job_id>/", views.trial, name="text-engine-trial"),
]
