"""The pages of webhooks, among the shop's settings."""

from django.urls import path

from ecomportal.webhooks import views

urlpatterns = [
    path("settings/webhooks/", views.webhooks, name="webhooks"),
    path("settings/webhooks/<uuid:webhook_id>/", views.webhook, name="webhook"),
    path("settings/webhooks/<uuid:webhook_id>/test/", views.webhook_test, name="webhook-test"),
    path(
        "settings/webhooks/<uuid:webhook_id>/switch/", views.webhook_switch, name="webhook-switch"
    ),
    path(
        "settings/webhooks/<uuid:webhook_id>/secret/", views.webhook_rotate, name="webhook-secret"
    ),
    path(
        "settings/webhooks/<uuid:webhook_id>/remove/", views.webhook_remove, name="webhook-remove"
    ),
    path(
        "settings/webhooks/<uuid:webhook_id>/sent/<uuid:delivery_id>/",
        views.delivery,
        name="webhook-delivery",
    ),
    path(
        "settings/webhooks/<uuid:webhook_id>/sent/<uuid:delivery_id>/progress/",
        views.delivery_progress,
        name="webhook-progress",
    ),
    path(
        "settings/webhooks/<uuid:webhook_id>/sent/<uuid:delivery_id>/again/",
        views.delivery_again,
        name="webhook-again",
    ),
]
