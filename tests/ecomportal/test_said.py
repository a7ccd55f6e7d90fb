"""What one person's act stores, another reads in her own language."""

import json

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from ecomportal.jobs.models import Job
from ecomportal.said import (
    MARK,
    MAX_PACKED,
    Said,
    filled,
    in_both,
    pack,
    pack_in,
    said,
    said_n,
    sentences,
    told,
)


def in_chinese(message: object) -> str:
    with translation.override("zh-hans"):
        return str(message)


def in_english(message: object) -> str:
    with translation.override("en"):
        return str(message)


def test_a_message_reads_in_the_language_in_use():
    message = said("%(n)s of %(total)s", n=3, total="many")
    assert in_english(message) == "3 of many"
    assert in_chinese(message) == "3 / many"


def test_a_message_in_a_message_is_translated_too():
    message = said("%(n)s of %(total)s", n=gettext_lazy("Waiting for a worker"), total=said("Log"))
    assert in_english(message) == "Waiting for a worker of Log"
    assert in_chinese(message) == "等待处理 / 日志"


def test_a_lazy_message_is_kept_as_itself_whatever_the_language_in_use():
    with translation.override("zh-hans"):
        message = told(pack(gettext_lazy("Waiting for a worker")))
    assert in_english(message) == "Waiting for a worker"


def test_a_message_by_number():
    assert [in_english(said_n("%(n)s row", "%(n)s rows", n)) for n in (1, 1200)] == [
        "1 row",
        "1,200 rows",
    ]
    assert in_chinese(said_n("%(n)s row", "%(n)s rows", 2)) == "2 条"


def test_a_list_is_an_enumeration():
    names = [in_both(en="colour", zh="颜色"), in_both(en="size", zh="尺码")]
    message = said("%(n)s of %(total)s", n=names, total=2)
    assert in_english(message) == "colour, size of 2"
    assert in_chinese(message) == "颜色、尺码 / 2"


def test_sentences_follow_each_other_as_the_language_wants():
    message = sentences(said("Log"), "", said("Queued"))
    assert (in_english(message), in_chinese(message)) == ("Log Queued", "日志排队中")


def test_a_message_out_of_a_table():
    message = filled(gettext_lazy("%(n)s of %(total)s"), {"n": 1, "total": "", "code": 1})
    assert in_english(message) == "1 of "


def test_a_message_with_braces():
    message = filled(gettext_lazy("The line {n} is odd: {what}"), {"n": 3, "what": "x", "code": 1})
    assert in_english(message) == "The line 3 is odd: x"


def test_what_is_packed_is_told_again():
    message = said("%(n)s of %(total)s", n=[1, "a"], total=said_n("%(n)s row", "%(n)s rows", 2))
    assert told(pack(message)).tree == message.tree
    assert told(json.loads(json.dumps(pack_in({"text": message})))["text"]).tree == message.tree


def test_a_message_compares_as_its_words_do():
    message = said("%(n)s of %(total)s", n=1, total=2)
    assert message == "1 of 2"
    assert message != said("Log")
    assert "of" in message


def test_plain_text_stays_as_it_is():
    assert told(pack("Import autumn.csv")) == "Import autumn.csv"
    assert pack_in({"n": 3, "url": "/x"}) == {"n": 3, "url": "/x"}


def test_typed_text_cannot_pass_for_a_message():
    typed = MARK + '{"m":"Log"}'
    assert told(pack(typed)) == '{"m":"Log"}'
    assert in_english(said("%(n)s of %(total)s", n=typed, total=1)) == '{"m":"Log"} of 1'


def test_a_place_without_its_value_is_found_where_the_message_is_written():
    with pytest.raises(KeyError):
        said("%(n)s of %(total)s", n=3)


def test_a_place_that_came_later_stays_empty():
    assert in_english(Said({"m": "%(n)s of %(total)s", "in": {"n": 3}})) == "3 of "


def test_what_was_cut_off_by_accident_is_still_text():
    assert told(MARK + '{"m":"Lo') == '{"m":"Lo'


def test_a_message_about_a_message_about_a_message_stays_bounded():
    message = said("Log")
    for _n in range(500):
        message = said("%(n)s of %(total)s", n=message, total=1)
    assert len(message.packed()) < MAX_PACKED + 500


def test_odd_characters_can_be_stored(in_shop):
    title = said("%(n)s of %(total)s", n="a\0b\ud800", total='"quoted" 100 %')
    job = Job.objects.create(merchant=in_shop, kind="x", title=title, result={"text": pack(title)})
    assert str(Job.objects.get(pk=job.pk).title) == 'ab? of "quoted" 100 %'


def test_a_row_keeps_the_message_when_it_is_saved_again(in_shop):
    job = Job.objects.create(merchant=in_shop, kind="x", title=said("Log"))
    with translation.override("zh-hans"):
        Job.objects.get(pk=job.pk).save()
        assert str(Job.objects.get(pk=job.pk)) == "日志"
    assert str(Job.objects.get(pk=job.pk)) == "Log"


def test_a_title_is_found_by_what_stands_in_it(in_shop):
    Job.objects.create(
        merchant=in_shop, kind="x", title=said("%(n)s of %(total)s", n="秋季.csv", total=1)
    )
    assert Job.objects.filter(title__icontains="秋季").count() == 1
