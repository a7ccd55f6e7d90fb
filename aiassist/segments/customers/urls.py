"""The addresses of customers, below `customers/`, and of their privacy in the settings."""

from django.urls import path

from aiassist.segments.customers import (
    cohorts_view,
    export,
    list_view,
    own,
    page,
    privacy,
)

CUSTOMER = "customers/<id:customer_id>/"
urlpatterns = [
    path("customers/", list_view.customers, name="customers"),
    path("customers/filter/", list_view.filter_form, name="customers-filter"),
    path("customers/columns/", own.columns_form, name="customers-columns"),
    path("customers/columns/save/", own.columns_save, name="customers-columns-save"),
    path("customers/views/", own.view_save, name="customers-view-save"),
    path("customers/views/<int:view_id>/remove/", own.view_delete, name="customers-view-delete"),
    path("customers/export/", export.customers_export, name="customers-export"),
    path("customers/files/<uuid:file_id>/", export.customer_file, name="customer-file"),
    path("customers/cohorts/", cohorts_view.cohorts, name="cohorts"),
    path("customers/cohorts/reckon/", cohorts_view.cohorts_reckon, name="cohorts-reckon"),
    path(CUSTOMER, page.customer, name="customer"),
    path(f"{CUSTOMER}segments/<uuid:segment_id>/", page.why_in, name="customer-why"),
    path(f"{CUSTOMER}everything/", privacy.customer_everything, name="customer-everything"),
    path(f"{CUSTOMER}erase/", privacy.customer_erase, name="customer-erase"),
    path("settings/privacy/", privacy.privacy, name="privacy"),
    path("settings/privacy/let-in/", privacy.let_in, name="privacy-let-in"),
]
