"""The admin speaks both languages: tables, columns, areas."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.utils import translation

from ecomportal.tenancy.models import WebSession
from tests.factories import make_user

OURS = ("ecomportal", "catalog", "aiassist")
TABLES = [model for model in admin.site._registry if model._meta.app_label in OURS]
SAME = {"ID", "SKU", "ETag", "SHA-256"}  # alike in both languages


def in_both(text: Any) -> tuple[str, str]:
    with translation.override("en"):
        english = str(text)
    with translation.override("zh-hans"):
        return english, str(text)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_tables_and_columns_have_a_name_in_both_languages(model: type[models.Model]) -> None:
    shown = [model._meta.verbose_name, model._meta.verbose_name_plural]
    shown += [field.verbose_name for field in model._meta.fields]
    left = [en for en, zh in map(in_both, shown) if en == zh and en not in SAME]
    assert not left


def test_areas_have_a_name_in_both_languages() -> None:
    for label in OURS:
        english, chinese = in_both(apps.get_app_config(label).verbose_name)
        assert english != chinese


def test_every_table_of_ours_is_in_the_admin() -> None:
    events = {m for m in apps.get_models() if m.__name__.endswith("Event")}
    secret = {WebSession}  # whoever reads the key of a session is that person
    ours = {m for m in apps.get_models() if m._meta.app_label in OURS} - events - secret
    assert ours == set(TABLES)


@pytest.mark.django_db
def test_the_index_is_chinese_for_who_reads_chinese(client_of: Any) -> None:
    person = make_user(is_staff=True, is_superuser=True, language="zh-hans")
    client: Client = client_of(person)
    page = client.get("/admin/").content.decode()
    for name in ("商品目录", "审计记录", "线上文案", "草稿", "API 密钥"):
        assert name in page
    for name in ("Catalogue", "Audit entries", "Live texts", "Drafts", "Api keys"):
        assert name not in page
