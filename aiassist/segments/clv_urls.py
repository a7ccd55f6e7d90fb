"""The addresses of the back-test page; they stand before those of single segments."""

from django.urls import path

from aiassist.segments import clv_views

BASE = "segments/back-test/"
urlpatterns = [
    path(BASE, clv_views.back_test, name="back-test"),
    path(f"{BASE}run/", clv_views.back_test_run, name="back-test-run"),
    path(f"{BASE}rollback/", clv_views.back_test_rollback, name="back-test-rollback"),
    path(f"{BASE}<uuid:version_id>/use/", clv_views.back_test_use, name="back-test-use"),
]
