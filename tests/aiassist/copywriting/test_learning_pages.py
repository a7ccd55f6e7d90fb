"""Pages of learning: what was learnt is seen and taken back; the report counts what happened."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aiassist.copywriting.learning import report
from aiassist.copywriting.models import DraftStatus
from aiassist.registry.artefacts import fingerprint, folder_of, new_folder, serving
from aiassist.registry.models import ModelVersion
from aiassist.registry.promotion import CannotSwitch, promote, rollback
from ecomportal.tenancy.context import tenant
from tests.aiassist.copywriting.test_lessons import cut, make_draft, teach_wording
from tests.factories import make_category, make_product


def url(name, shop, *args):
    return reverse(f"aiassist:{name}", args=[shop.slug, *args])


@pytest.fixture
def owner(client_of, alice):
    return client_of(alice)


# --- Lessons -----------------------------------------------------------------------------------


def learn(shop):
    from aiassist.copywriting.learning import lessons

    with tenant(shop):
        cut(shop, 3)
        teach_wording(shop, 3)
        lessons.learn(shop)
        return shop.lessons.get(kind="phrase")


def test_the_page_shows_what_was_learnt(shop, owner):
    learn(shop)
    page = owner.get(url("learning", shop)).content.decode()
    assert "Oh, and … …." in page or "Oh, and …." in page
    assert "3 of 3" in page
    assert "40.0 %" in page  # (0 + 2) / (0 + 3 + 2)
    assert "shade" in page


def test_an_empty_shop_is_told_how_learning_begins(shop, owner):
    page = owner.get(url("learning", shop)).content.decode()
    assert "No reviewed texts yet" in page
    assert "Training needs a model on this machine" in page
    assert url("adapter-train", shop) not in page


def test_a_lesson_is_taken_back_and_renewed(shop, owner, alice):
    lesson = learn(shop)
    answer = owner.post(url("lesson-switch", shop, lesson.pk), {"is_on": "0"}, follow=True)
    assert "Taken back: the lesson holds no more." in answer.content.decode()
    with tenant(shop):
        lesson.refresh_from_db()
        assert (lesson.is_on, lesson.decided_by) == (False, alice)
        assert shop.audit_entries.filter(action="lesson.taken_back").exists()
    owner.post(url("lesson-switch", shop, lesson.pk), {"is_on": "1"})
    with tenant(shop):
        lesson.refresh_from_db()
        assert lesson.is_on


def test_a_viewer_sees_lessons_and_takes_none_back(shop, client_of, vera):
    lesson = learn(shop)
    client = client_of(vera)
    assert (
        url("lesson-switch", shop, lesson.pk)
        not in client.get(url("learning", shop)).content.decode()
    )
    assert client.post(url("lesson-switch", shop, lesson.pk), {"is_on": "0"}).status_code == 403


def test_the_job_learns_from_the_newest_reviews(shop, alice):
    from aiassist import tasks
    from ecomportal.jobs.execute import execute
    from ecomportal.jobs.start import start_job

    with tenant(shop):
        cut(shop, 3)
    job = start_job(tasks.learn_from_edits, shop, alice, title="Learn")
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        job.refresh_from_db()
        assert job.status == "done", job.error_detail
        assert job.result_text == "1 lesson holds"
        assert shop.lessons.count() == 1


def test_the_clock_learns_where_reviews_came_in(shop, other_shop):
    from aiassist.copywriting.learning.rounds import learn_all

    with tenant(shop):
        cut(shop, 3)
    assert learn_all() == 1
    assert learn_all() == 0  # nothing new since
    with tenant(shop):
        assert shop.lessons.count() == 1
        make_draft(shop, "One more.", reviewed_at=timezone.now() + timedelta(seconds=1))
    assert learn_all() == 1


def test_training_rows_are_exported(shop, owner):
    with tenant(shop):
        facts = [{"id": "f", "key": "weight", "value": "950 g", "number": "950", "unit": "g"}]
        draft = make_draft(shop, "It weighs 950 g.", "It weighs just 950 g.", facts=facts)
        make_draft(shop, "Waiting.", status=DraftStatus.WAITING)
    answer = owner.get(url("training-export", shop))
    rows = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert len(rows) == 1
    assert rows[0]["draft_id"] == str(draft.pk)
    assert (rows[0]["draft"], rows[0]["final"]) == ("It weighs 950 g.", "It weighs just 950 g.")
    assert rows[0]["attributes"] == [
        {"key": "weight", "value": "950 g", "number": "950", "unit": "g"}
    ]
    assert rows[0]["edit_distance"] == 5


def test_a_training_without_a_model_says_what_it_needs(shop, owner):
    answer = owner.post(url("adapter-train", shop), follow=True)
    assert "Training needs a model on this machine" in answer.content.decode()
    with tenant(shop):
        assert not shop.jobs.filter(kind="train_adapter").exists()


# --- Report ------------------------------------------------------------------------------------


@pytest.fixture
def drafts(shop):
    now = timezone.now()
    with tenant(shop):
        kettles = make_product(shop, category=make_category(shop, "Kettles"))
        for n, hours in enumerate((1, 2, 9)):
            make_draft(
                shop, "A" * 10, "A" * 10 + "b" * n, product=kettles, created_at=now,
                reviewed_at=now + timedelta(hours=hours),
            )  # fmt: skip
        make_draft(shop, "B" * 10, status=DraftStatus.REJECTED, n_blocking=2, created_at=now)
        make_draft(
            shop, "C", status=DraftStatus.WAITING, engine="local", engine_version="qwen +1",
            prompt_version="v1.abc", created_at=now - timedelta(days=20), language="zh",
        )  # fmt: skip
        make_draft(shop, "Old", created_at=now - timedelta(days=200))


def test_the_report_counts_what_happened(shop, drafts, in_shop):
    total = report.whole(report.drafts_since(shop, 90))
    assert (total.n_written, total.n_approved, total.n_rejected, total.n_edited) == (5, 3, 1, 2)
    assert total.acceptance == 0.75
    assert total.edit_share == pytest.approx((0 + 0.1 + 0.2) / 3)
    assert total.blocked == 0.2
    assert total.hours == pytest.approx(2)
    assert report.whole(report.drafts_since(shop, 365)).n_written == 6


def test_the_report_groups_by_engine_prompt_and_category(shop, drafts, in_shop):
    rows = report.drafts_since(shop, 90)
    engines = {one.name: one.n_written for one in report.grouped(rows, "engine_version")}
    assert engines == {"1": 4, "qwen +1": 1}
    prompts = {one.name: one.n_written for one in report.grouped(rows, "prompt_version")}
    assert prompts == {"": 4, "v1.abc": 1}
    places = {one.name: one.n_approved for one in report.grouped(rows, "product__category__path")}
    assert places["Kettles"] == 3
    assert len(report.weeks(rows)) == 2


def test_the_report_page_shows_figures_and_charts(shop, owner, drafts):
    page = owner.get(url("content-report", shop)).content.decode()
    assert "75.0 %" in page
    assert "3 of 4 decided" in page
    assert page.count("<svg") > 3
    assert "qwen +1" in page
    assert "Kettles" in page
    assert "Drafts week by week" in page


def test_the_report_of_an_empty_shop_says_how_it_fills(shop, owner):
    page = owner.get(url("content-report", shop)).content.decode()
    assert "No drafts in this time" in page


@pytest.mark.parametrize("asked", ["", "7", "x", "-1", "²"])
def test_a_time_that_is_not_offered_is_the_usual_one(shop, owner, asked):
    page = owner.get(url("content-report", shop), {"days": asked})
    assert page.status_code == 200
    assert 'href="?days=90" aria-current="page"' in page.content.decode()


def test_the_report_speaks_chinese(zh_shop, client_of):
    from tests.factories import make_member

    lin = make_member(zh_shop, "lin@example.com", language="zh-hans")
    with tenant(zh_shop):
        make_draft(zh_shop, "款式新颖。", language="zh")
    page = client_of(lin).get(url("content-report", zh_shop)).content.decode()
    assert "内容报告" in page
    assert "各引擎通过率" in page


def test_a_share_of_few_has_a_wide_interval():
    low, high = report.wilson(3, 4)
    assert (round(low, 3), round(high, 3)) == (0.301, 0.954)
    assert report.wilson(0, 5)[0] == 0
    assert report.wilson(5, 5)[1] == 1


# --- Versions ----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def root(tmp_path, settings):
    settings.MODELS_ROOT = tmp_path


def make_version(shop, n, *, state="candidate", base="writer"):
    version = ModelVersion(merchant=shop, kind="copy_adapter", n=n, state=state, base=base)
    folder = new_folder(version)
    (folder / "adapter_model.safetensors").write_bytes(bytes([n]) * 100)
    version.sha256 = fingerprint(folder)
    version.save()
    return version


def states(shop):
    return dict(shop.model_versions.values_list("n", "state"))


def test_a_promotion_retires_the_version_before(in_shop):
    first, second = make_version(in_shop, 1), make_version(in_shop, 2)
    promote(in_shop, first.pk)
    promote(in_shop, second.pk)
    assert states(in_shop) == {1: "retired", 2: "serving"}
    assert in_shop.model_versions.get(n=2).previous_id == first.pk


def test_a_rollback_goes_back_step_by_step_to_the_model_as_it_came(in_shop):
    for n in (1, 2):
        promote(in_shop, make_version(in_shop, n).pk)
    left, former = rollback(in_shop, "copy_adapter")
    assert (left.n, former.n) == (2, 1)
    assert states(in_shop) == {1: "serving", 2: "retired"}
    left, former = rollback(in_shop, "copy_adapter")
    assert (left.n, former) == (1, None)
    with pytest.raises(CannotSwitch):
        rollback(in_shop, "copy_adapter")


def test_a_refused_version_is_never_used(in_shop):
    version = make_version(in_shop, 1, state="refused")
    with pytest.raises(CannotSwitch):
        promote(in_shop, version.pk)
    assert states(in_shop) == {1: "refused"}


def test_a_version_with_other_files_than_were_judged_is_not_used(in_shop):
    promote(in_shop, make_version(in_shop, 1).pk)
    second = make_version(in_shop, 2)
    (folder_of(second) / "adapter_model.safetensors").write_bytes(b"other")
    with pytest.raises(CannotSwitch):
        promote(in_shop, second.pk)
    assert states(in_shop) == {1: "serving", 2: "candidate"}


def test_a_broken_version_gives_way_to_the_one_before(in_shop):
    first, second = make_version(in_shop, 1), make_version(in_shop, 2)
    promote(in_shop, first.pk)
    promote(in_shop, second.pk)
    (folder_of(second) / "adapter_model.safetensors").unlink()
    version, _folder = serving(in_shop, "copy_adapter", base="writer")
    assert version.n == 1
    assert in_shop.model_versions.get(n=2).broken_at


def test_a_version_for_another_model_is_not_used(in_shop):
    promote(in_shop, make_version(in_shop, 1, base="other").pk)
    assert serving(in_shop, "copy_adapter", base="writer") is None


def test_one_click_goes_back(shop, owner):
    with tenant(shop):
        for n in (1, 2):
            promote(shop, make_version(shop, n).pk)
    page = owner.get(url("models", shop)).content.decode()
    assert "Back to version 1" in page
    answer = owner.post(url("model-rollback", shop, "copy_adapter"), follow=True)
    assert "Version 1 is in use again." in answer.content.decode()
    with tenant(shop):
        assert states(shop) == {1: "serving", 2: "retired"}
        assert shop.audit_entries.filter(action="model.rolled_back").exists()
        second = shop.model_versions.get(n=2)
    owner.post(url("model-use", shop, second.pk))
    with tenant(shop):
        assert states(shop) == {1: "retired", 2: "serving"}


def test_a_viewer_sees_versions_and_switches_none(shop, client_of, vera):
    with tenant(shop):
        version = promote(shop, make_version(shop, 1).pk)
    client = client_of(vera)
    assert "version 1" in client.get(url("models", shop)).content.decode()
    assert client.post(url("model-rollback", shop, "copy_adapter")).status_code == 403
    assert client.post(url("model-use", shop, version.pk)).status_code == 403


def test_versions_of_another_shop_are_not_there(shop, other_shop, owner):
    with tenant(other_shop):
        version = make_version(other_shop, 1)
    assert owner.post(url("model-use", shop, version.pk)).status_code == 404
    assert "version 1" not in owner.get(url("models", shop)).content.decode()
