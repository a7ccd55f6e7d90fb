"""The tools that find, check and compile messages; and the project's own translations."""

import gettext
import os

import pytest

from ecomportal.web.translations import check, compile_catalog, folder, used

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def project(tmp_path):
    """A small project: code, a template, one PO file."""
    for name in ("ecomportal", "catalog", "aiassist", "templates"):
        (tmp_path / name).mkdir()
    (tmp_path / "catalog" / "views.py").write_text(
        'a = _("Save %(n)s rows")\nb = ngettext("%(n)s day", "%(n)s days", n)\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '{% translate "It\'s \\"here\\"" %}\n  <b>{% blocktranslate trimmed count n=n %}\n'
        "    One row {% plural %} {{ n }} rows\n{% endblocktranslate %}</b>\n"
        '{{ "x"|default:_("None yet") }}'
    )
    folder(tmp_path).mkdir(parents=True)
    return tmp_path


def write(project, text, area="one"):
    (folder(project) / f"{area}.po").write_text(HEADER + text)


def keys(project):
    return {message for _, message in used(project)}


def test_messages_of_code_and_templates_are_found_with_their_place(project):
    found = used(project)
    assert found[("", "Save %(n)s rows")] == "catalog/views.py:1"
    assert found[("", "%(n)s day")] == "catalog/views.py:2"
    assert found[("", "One row")] == "templates/page.html:2"
    assert ("", "None yet") in found


def test_missing_stale_and_mismatched_are_told_apart(project):
    write(
        project,
        'msgid "Save %(n)s rows"\nmsgstr "保存 %(m)s 行"\n\nmsgid "Gone"\nmsgstr "没了"\n',
    )
    report = check(project)
    assert any("'None yet'" in line for line in report.missing)
    assert report.stale == ["one.po: 'Gone'"]
    assert len(report.mismatched) == 1
    assert "Save %(n)s rows" in report.mismatched[0]


def test_an_empty_or_fuzzy_translation_is_none(project):
    write(project, 'msgid "None yet"\nmsgstr ""\n\n#, fuzzy\nmsgid "One row"\nmsgstr "一行"\n')
    missing = " ".join(check(project).missing)
    assert "'None yet'" in missing
    assert "'One row'" in missing


def test_two_areas_that_disagree_are_told(project):
    write(project, 'msgid "None yet"\nmsgstr "还没有"\n', area="a")
    write(project, 'msgid "None yet"\nmsgstr "暂无"\n', area="b")
    assert len(check(project).doubled) == 1


def test_a_translation_may_leave_out_the_number_of_the_plural_as_english_does(project):
    write(project, 'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s 天"\n')
    assert check(project).mismatched == []


def test_all_areas_are_compiled_into_one_catalogue_and_only_when_changed(project):
    write(project, 'msgid "None yet"\nmsgstr "还没有"\n', area="a")
    write(project, 'msgid "Save %(n)s rows"\nmsgstr "保存 %(n)s 行"\n', area="b")
    assert compile_catalog(project) is True
    assert compile_catalog(project) is False
    with (folder(project) / "django.mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("None yet") == "还没有"
    assert read.gettext("Save %(n)s rows") == "保存 %(n)s 行"
    write(project, 'msgid "None yet"\nmsgstr "暂无"\n', area="a")
    later = (folder(project) / "django.mo").stat().st_mtime_ns + 10**9
    os.utime(folder(project) / "a.po", ns=(later, later))
    assert compile_catalog(project) is True


def test_the_frame_and_the_pages_of_the_account_read_chinese():
    ours = ("templates/account", "templates/components", "templates/errors", "templates/settings")
    ours += ("templates/home", "templates/base", "templates/shops", "templates/mail")
    ours += ("templates/charts", "ecomportal/tenancy", "ecomportal/web", "aiassist/home")
    assert [line for line in check().missing if line.startswith(ours)] == []


def test_no_translation_has_other_placeholders_than_its_message():
    assert check().mismatched == []
