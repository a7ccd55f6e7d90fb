"""Excel workbooks: what a sheet shows is what is imported, and no workbook breaks the portal."""

import gzip
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from catalog.products.imports import packed, read, store, workbook
from catalog.products.imports.problems import Refused
from ecomportal.tenancy.context import tenant
from tests.catalog.importing import (
    HEADER,
    compared,
    imported,
    kettle,
    latest,
    mapped,
    problems,
    table,
    upload,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book_of(*rows: list[Any], header: list[str] | None = None) -> bytes:
    book = Workbook()
    for row in [header or HEADER, *rows]:
        book.active.append(row)
    return saved(book)


def test_a_workbook_goes_through(shop: Any, alices: Any) -> None:
    content = book_of(kettle(), ["pot", "Pot", "", "", 4711, 12.5])
    run = imported(alices, shop, content)
    assert (run.kind, run.dialect, run.n_created) == ("xlsx", "shopify-legacy", 2)
    assert run.reading["sheet"] == "Sheet"
    with tenant(shop):
        assert dict(shop.variants.values_list("sku", "price_cents")) == {"NK-1": 7900, "4711": 1250}
    assert compared(alices, shop, content).n_unchanged == 2
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "Excel workbook" in page


@pytest.mark.parametrize(
    ("value", "shape", "text"),
    [
        (12, "General", "12"),
        (12.0, "General", "12"),
        (12.5, "General", "12.5"),
        (0.1 + 0.2, "General", "0.3"),
        (4006381333931, "0", "4006381333931"),
        (1e-7, "General", "0.0000001"),
        (7, "00000", "00007"),
        (True, "General", "TRUE"),
        (date(2026, 3, 1), "yyyy-mm-dd", "2026-03-01"),
        (datetime(2026, 3, 1, 8, 30), "yyyy-mm-dd hh:mm", "2026-03-01 08:30:00"),
        ("  text ", "General", "  text "),
        (None, "General", ""),
    ],
)
def test_a_cell_is_read_as_it_is_shown(value: Any, shape: str, text: str, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Title", "Value", "End"])
    book.active.append(["a", value, "b"])
    book.active["B2"].number_format = shape
    path = tmp_path / "a.xlsx"
    path.write_bytes(saved(book))
    assert [line.cells for line in read.lines(path, read.look(path))] == [["a", text, "b"]]


def test_texts_of_a_book_are_read_wherever_they_are_kept(tmp_path: Path) -> None:
    """By their place in a table, in the cell itself, as a formula's value, in many colours."""
    strings = (
        "<sst><si><t>Title</t></si><si><r><t>Blue </t></r><r><t>pot</t></r><rPh><t>x</t></rPh></si>"
        "<si><t>a_x000A_b</t></si><si><t/></si></sst>"
    )
    cells = (
        '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>Value</x:t></x:is></x:c>'
        '</x:row><x:row r="3"><x:c r="A3" t="s"><x:v>1</x:v></x:c><x:c r="B3" t="str"><x:f>A1</x:f>'
        '<x:v>made</x:v></x:c></x:row><x:row><x:c t="s"><x:v>2</x:v></x:c><x:c t="s"><x:v>3</x:v>'
        '</x:c></x:row><x:row r="6"><x:c r="B6" t="e"><x:v>#REF!</x:v></x:c></x:row>'
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(book_by_hand(cells, strings))
    assert list(workbook.rows(path, "One")) == [
        ["Title", "Value"], [], ["Blue pot", "made"], ["a\nb"], [], ["", "#REF!"],
    ]  # fmt: skip


def book_by_hand(cells: str, strings: str = "<sst/>") -> bytes:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/workbook.xml": '<workbook><sheets><sheet name="One" sheetId="1" r:id="a"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        f'<Relationship Id="a" Type="{office}/worksheet" Target="/xl/worksheets/one.xml"/>'
        f'<Relationship Id="b" Type="{office}/sharedStrings" Target="texts.xml"/></Relationships>',
        "xl/worksheets/one.xml": f"<x:worksheet><x:sheetData>{cells}</x:sheetData></x:worksheet>",
        "xl/texts.xml": strings,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "cells",
    [
        '<x:row><x:c t="s"><x:v>7</x:v></x:c></x:row>',
        '<x:row><x:c t="s"><x:v>-1</x:v></x:c></x:row>',
        "<x:row><x:c><x:v>one</x:v></x:c></x:row>",
        "<x:row><x:c>",
        '<x:row r="x"/>',
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused(cells: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(book_by_hand(cells))
    with pytest.raises(Refused):
        read.look(path)


def test_rows_beyond_the_last_row_of_excel_are_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(book_by_hand('<x:row r="99999999999"><x:c><x:v>1</x:v></x:c></x:row>'))
    assert list(workbook.rows(path, "One")) == []


@pytest.mark.parametrize(
    ("days", "code", "text"),
    [
        (1, "yyyy-mm-dd", "1900-01-01"),
        (59, "dd/mm/yy", "1900-02-28"),
        (61, "d.m.yyyy", "1900-03-01"),
        (46082, "m/d/yyyy", "2026-03-01"),
        (46082.5, "yyyy-mm-dd hh:mm", "2026-03-01 12:00:00"),
        (0.25, "h:mm", "06:00:00"),
        (-4, "yyyy-mm-dd", "-4"),
        (1e12, "yyyy-mm-dd", "1000000000000"),
        (12.5, '"days" 0.00', "12.5"),
        (12.5, "[Red]0.00", "12.5"),
        (12.5, '#,##0.00 "kg"', "12.5"),
    ],
)
def test_a_date_is_told_by_its_format(days: float, code: str, text: str, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Title", "Value"])
    book.active.append(["a", days])
    book.active["B2"].number_format = code
    path = tmp_path / "a.xlsx"
    path.write_bytes(saved(book))
    assert [line.cells[1] for line in read.lines(path, read.look(path))] == [text]


def test_the_first_sheet_with_a_header_is_read_and_the_others_offered(
    shop: Any, alices: Any
) -> None:
    book = Workbook()
    book.active.title = "Notes"
    book.create_sheet("Hidden").append(["Handle", "Title"])
    book["Hidden"].append(["h", "Hidden pot"])
    book["Hidden"].sheet_state = "hidden"
    for name, title in (("Pots", "Pot"), ("Pans", "Pan")):
        book.create_sheet(name).append(["Handle", "Title", "Body (HTML)"])
        book[name].append([title.lower(), title, "x"])
    upload(alices, saved(book))
    run = latest(shop)
    assert (run.reading["sheet"], run.reading["sheets"]) == ("Pots", ["Notes", "Pots", "Pans"])
    page = alices.get(f"/northlight/products/import/{run.pk}/columns/").content.decode()
    assert '<option value="Pans">Pans</option>' in page
    address = f"/northlight/products/import/{run.pk}/reading/"
    assert alices.post(address, {"sheet": "Hidden", "has_header": "yes"}).status_code == 422
    assert alices.post(address, {"sheet": "Notes", "has_header": "yes"}).status_code == 422
    assert latest(shop).reading["sheet"] == "Pots", "what cannot be read changes nothing"
    assert alices.post(address, {"sheet": "Pans", "has_header": "yes"}).status_code == 302
    run = mapped(alices, shop, latest(shop))
    assert run.reading["sheet"] == "Pans"
    with tenant(shop):
        assert run.rows.get().label == "Pan"


def test_another_idea_of_the_header_reads_the_sheet_anew(shop: Any, alices: Any) -> None:
    content = book_of(["Pan", "Kitchen"], header=["Pot", "Kitchen"])
    upload(alices, content)
    run = mapped(alices, shop, latest(shop), Pot="title", Kitchen="category")
    assert run.n_created == 1
    address = f"/northlight/products/import/{run.pk}/reading/"
    assert alices.post(address, {"has_header": "no"}).status_code == 302
    run = latest(shop)
    assert run.state == "uploaded", "the dry run of the other table is gone"
    run = mapped(alices, shop, run, A="title", B="category")
    assert (run.n_created, run.n_rows) == (2, 2)


def test_rows_are_numbered_as_in_the_sheet(shop: Any, alices: Any) -> None:
    book = Workbook()
    book.active["A1"] = "Spring list"
    for at, row in ((4, ["Handle", "Title", "Variant Price", "Body (HTML)"]),
                    (5, ["a", "A", 5, "x"]), (9, ["b", "B", "4O", "y"])):  # fmt: skip
        for column, value in enumerate(row, start=1):
            book.active.cell(at, column, value)
    run = compared(alices, shop, saved(book))
    with tenant(shop):
        assert list(run.rows.order_by("line").values_list("line", flat=True)) == [5, 9]
    assert problems(shop, run) == ["letter_in_number"]


def test_lines_within_a_cell_of_a_sheet_stay_one_cell(shop: Any, alices: Any) -> None:
    header = [*HEADER, "Body (HTML)"]
    run = imported(alices, shop, book_of([*kettle(), "One\nTwo"], header=header))
    assert run.n_created == 1
    with tenant(shop):
        assert shop.product_texts.get(field="description").text == "One\nTwo"


def test_what_was_read_is_deleted_with_the_file(
    shop: Any, alices: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    run = compared(alices, shop, book_of(kettle()))
    folder = store.file_of(run).parent
    assert len(list(folder.iterdir())) == 2, "the workbook and our table of it"
    with django_capture_on_commit_callbacks(execute=True):
        alices.post(f"/northlight/products/import/{run.pk}/discard/")
    assert not list(folder.iterdir())


# --- What is refused -------------------------------------------------------------------------


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


def entity_bomb() -> bytes:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    parts = {}
    with zipfile.ZipFile(io.BytesIO(book_of(kettle()))) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith("sheet1.xml"):
                content = laughs + content.replace(b"<sheetData>", b"<sheetData>&b;")
            parts[name] = content
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


REFUSED = {
    "old": (OLE + bytes(600), "old format (.xls)"),
    "locked": (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
    "binary": (zipped(xl__workbook_dot_bin=b"x"), "binary Excel workbook"),
    "open document": (zipped(content_dot_xml=b"x", mimetype=b"x"), "OpenDocument"),
    "no workbook inside": (zipped(**{"[Content_Types]_dot_xml": b"x"}), "cannot be opened"),
    "cut off": (cut(book_of(kettle())), "cannot be opened"),
    "broken inside": (zipped(xl__workbook_dot_xml=b"<workbook"), "cannot be opened"),
    "declares entities": (entity_bomb(), "cannot be opened"),
    "bomb": (zipped(xl__workbook_dot_xml=bytes(50_000_000)), "far larger than a table"),
    "empty sheets": (saved(Workbook()), "The file is empty"),
    "only a header": (book_of(), "nothing to import"),
    "doubled columns": (book_of(["a", "b"], header=["Title", "title"]), "more than once"),
    "cut gzip": (cut(gzip.compress(table(kettle()).encode())), "packed file is damaged"),
    "gzip bomb": (gzip.compress(bytes(60_000_000)), "far larger than a table"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_good_workbook_is_refused_with_the_reason(
    kind: str, shop: Any, alices: Any, settings: Any
) -> None:
    content, message = REFUSED[kind]
    answer = upload(alices, content)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    with tenant(shop):
        assert not shop.import_runs.exists()
    assert not list((Path(settings.MEDIA_ROOT) / str(shop.pk) / "imports").glob("*"))


def test_a_sheet_that_is_broken_further_down_fails_as_a_whole(shop: Any, alices: Any) -> None:
    content = book_of(*(kettle(Handle=f"k{n}", **{"Variant SKU": f"S{n}"}) for n in range(500)))
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[:-4000] if name.endswith("sheet1.xml") else part)
    assert upload(alices, file.getvalue()).status_code == 302
    run = mapped(alices, shop, latest(shop))
    assert (run.state, run.n_created) == ("failed", 0)
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "damaged or cut off" in page


def test_a_packed_table_is_unpacked(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, gzip.compress(table(kettle()).encode()))
    assert (run.kind, run.n_created) == ("csv", 1)


def test_an_archive_may_not_promise_less_than_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(b"a" * 100_000_000))
    with pytest.raises(Refused, match="unpacks_too_large|far larger"):
        packed.unpack(path, limit=50_000_000)
    assert path.stat().st_size < 200_000, "nothing of it was unpacked for good"


def test_a_dense_part_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(xl__workbook_dot_xml=b"<a/>", xl__x_dot_xml=bytes(20_000_000)))
    with pytest.raises(Refused, match="far larger"):
        workbook.weigh(path)
