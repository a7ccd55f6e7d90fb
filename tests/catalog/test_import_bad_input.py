"""Every bad file and bad row: its message, and nothing lost."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from catalog.products.imports import grouping, read
from catalog.products.imports.problems import Refused
from catalog.products.imports.store import file_of
from ecomportal.tenancy.context import tenant
from tests.catalog.importing import (
    HEADER,
    compared,
    imported,
    kettle,
    latest,
    problems,
    table,
    upload,
    written,
)

GOOD = ["good", "Good pot", "", "", "GOOD-1", "10"]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def zipped(name: str, content: bytes = b"a,b\n") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


REFUSED = {
    "an empty file": (b"", "The file is empty"),
    "only blanks": (b"  \n \n", "The file is empty"),
    "a zip": (zipped("products.csv"), "archive of several files"),
    "a zip bomb": (zipped("products.csv", bytes(60_000_000)), "archive of several files"),
    "a workbook": (zipped("[Content_Types].xml"), "Excel workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200), "Excel workbook"),
    "a pdf": (b"%PDF-1.7\n...", "PDF document"),
    "a gzip": (b"\x1f\x8b\x08\x00" + bytes(50), "packed file is damaged"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "neither a text file nor"),
    "zeros": (bytes(5000), "neither a text file nor a workbook"),
    "a web page": (b"<!doctype html><html><body>Sign in</body></html>", "web page"),
    "json": (b'{"products": []}', "JSON document"),
    "a poem": (b"The kettle sings\nand nobody listens\n", "No column of this file is known"),
    "latin-1": ("Handle,Title\nk,Caf\xe9 kettle\n".encode("latin-1"), "Windows-1252"),
    "cut utf-16": (b"\xff\xfeH\x00a\x00n\x00d\x00l\x00e\x00,", "UTF-16"),
    "doubled columns": (b"Handle,Title,title\nk,A,B\n", "more than once: Title, title"),
    "only a header": (table().encode(), "no rows below it"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    kind: str, shop: Any, alices: Any, settings: Any
) -> None:
    content, message = REFUSED[kind]
    answer = upload(alices, content)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    with tenant(shop):
        assert not shop.import_runs.exists()
    folder = Path(settings.MEDIA_ROOT) / str(shop.pk) / "imports"
    assert not list(folder.glob("*")), "a refused file is not kept"


def test_a_wrong_encoding_is_named_with_its_line(alices: Any, shop: Any) -> None:
    content = table(GOOD, kettle(Title="Müller kettle é")).encode("latin-1")
    answer = upload(alices, content).content.decode()
    assert "line 3 holds the byte 0xFC" in answer


@pytest.mark.parametrize(
    ("encoding", "text", "name"),
    [
        ("cp1252", "Größe, Müller, weiß", "Windows-1252"),
        ("big5", "茶杯中文標題與說明", "Big5"),
        ("shift-jis", "きれいな茶碗とお皿", "Shift-JIS"),
    ],
)
def test_a_likely_encoding_is_named(encoding: str, text: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(table(kettle(Title=text)).encode(encoding))
    with pytest.raises(Refused, match=name):
        read.look(path)


def test_a_file_over_the_limit_is_refused(settings: Any, shop: Any, alices: Any) -> None:
    settings.IMPORT_MAX_BYTES = 1024
    answer = upload(alices, table(*[GOOD] * 100))
    assert answer.status_code == 422
    assert b"larger than" in answer.content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found_out(
    encoding: str, delimiter: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        table(kettle(Title="紫砂茶壶，手工制作"), delimiter=delimiter).encode(encoding)
    )
    shape = read.look(path)
    assert (shape.delimiter, shape.header) == (delimiter, HEADER)
    [line] = read.lines(path, shape)
    assert line.cells == kettle(Title="紫砂茶壶，手工制作")


def test_a_chinese_file_of_excel_is_imported(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, table(kettle(Title="紫砂茶壶")).encode("gb18030"))
    with tenant(shop):
        assert shop.products.get().title == "紫砂茶壶"
    assert run.encoding == "gb18030"


def test_excels_separator_line_is_understood(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, "sep=;\r\n" + table(kettle(), delimiter=";"))
    assert (run.n_created, run.delimiter) == (1, ";")


BAD_ROWS = {
    "letter O": ({"Variant Price": "4O.00"}, "letter_in_number"),
    "negative": ({"Variant Price": "-5"}, "negative"),
    "minus sign": ({"Variant Price": "−5"}, "negative"),
    "exponent": ({"Variant Price": "1e999"}, "exponent"),
    "nan": ({"Variant Price": "NaN"}, "not_money"),
    "infinity": ({"Variant Price": "Infinity"}, "not_money"),
    "too many decimals": ({"Variant Price": "1.999"}, "too_precise"),
    "too big": ({"Variant Price": "9" * 30}, "too_big"),
    "long title": ({"Title": "x" * 256}, "too_long"),
    "long sku": ({"Variant SKU": "x" * 121}, "too_long"),
    "no identity": ({"Handle": "", "Title": ""}, "no_handle"),
    "no title": ({"Title": ""}, "no_title"),
    "empty option": ({"Option1 Name": "Size"}, "option_empty"),
    "nul": ({"Title": "Ket\0tle"}, "nul"),
}


@pytest.mark.parametrize("kind", BAD_ROWS)
def test_a_bad_row_is_kept_aside_and_the_good_one_is_written(
    kind: str, shop: Any, alices: Any
) -> None:
    cells, code = BAD_ROWS[kind]
    run = imported(alices, shop, table(GOOD, kettle(**cells)))
    assert problems(shop, run) == [code]
    with tenant(shop):
        assert list(shop.products.values_list("handle", flat=True)) == ["good"]


BAD_CELLS = {
    "Variant Inventory Qty": [("-2.5", "not_whole"), ("2.5", "not_whole"), ("many", "not_whole")],
    "Variant Grams": [("-1", "negative"), ("heavy", "not_a_number")],
    "Published": [("perhaps", "not_yes_no")],
    "Status": [("sold", "not_status")],
    "Variant Inventory Policy": [("maybe", "not_policy")],
    "Tags": [("x" * 81, "too_long")],
}


@pytest.mark.parametrize(
    ("column", "value", "code"), [(c, v, code) for c, row in BAD_CELLS.items() for v, code in row]
)
def test_a_bad_cell_names_its_column(
    column: str, value: str, code: str, shop: Any, alices: Any
) -> None:
    run = compared(alices, shop, table([*kettle(), value], header=[*HEADER, column]))
    with tenant(shop):
        [found] = run.rows.get().problems
    assert (found["code"], found["column"], found["line"]) == (code, column, 2)


def test_ragged_rows_are_kept_aside(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, table(GOOD, ["k", "Kettle"], [*kettle(), "one", "more"]))
    assert problems(shop, run) == ["ragged", "ragged"]
    with tenant(shop):
        assert shop.products.count() == 1


def test_an_open_quotation_mark_is_told_as_the_cause(shop: Any, alices: Any) -> None:
    text = table(GOOD) + 'k,"Kettle,,,NK-1,79\nl,Lamp,,,NK-2,19\n'
    run = compared(alices, shop, text)
    assert problems(shop, run) == ["ragged_quote"]


def test_a_cell_of_ten_megabytes_costs_only_its_own_line(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, table(GOOD, kettle(Title="x" * 10_000_000)))
    assert problems(shop, run) == ["cell_too_large"]
    with tenant(shop):
        assert shop.products.get().handle == "good"


def test_a_product_without_end_is_kept_aside(
    shop: Any, alices: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "MAX_LINES_OF_PRODUCT", 3)
    rows = [["t", "Tee", "Size", f"S{n}", f"T{n}", "5"] for n in range(4)]
    run = imported(alices, shop, table(GOOD, *rows))
    assert problems(shop, run) == ["product_too_long"] * 4
    with tenant(shop):
        assert shop.products.get().handle == "good"


def test_a_file_of_too_many_lines_is_refused(
    shop: Any, alices: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "MAX_LINES", 3)
    run = compared(alices, shop, table(*[GOOD] * 4))
    assert run.state == "failed"
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "more than 3 lines" in page


def test_a_variant_above_its_product_is_read_together(shop: Any, alices: Any) -> None:
    rows = [
        ["tee", "", "", "M", "T-M", "20"],
        ["tee", "Tee", "Size", "S", "T-S", "20"],
        ["tee", "", "", "L", "T-L", "20"],
    ]
    run = imported(alices, shop, table(*rows))
    with tenant(shop):
        assert list(shop.variants.values_list("options", flat=True)) == [["M"], ["S"], ["L"]]
        assert [p["code"] for p in run.rows.get().problems] == ["variant_first"]


def test_variants_apart_from_their_product_still_find_it(shop: Any, alices: Any) -> None:
    rows = [["tee", "Tee", "Size", "S", "T-S", "20"], GOOD, ["tee", "", "", "M", "T-M", "20"]]
    imported(alices, shop, table(*rows))
    with tenant(shop):
        assert shop.products.get(handle="tee").variants.count() == 2


def test_two_handles_that_differ_by_case_are_not_two_products(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, table(kettle(), kettle(Handle="KETTLE", **{"Variant SKU": "2"})))
    assert problems(shop, run) == ["case_differs"]
    imported(alices, shop, table(kettle("80", Handle="Kettle")))
    with tenant(shop):
        assert shop.products.get().handle == "kettle"
        assert shop.variants.get().price_cents == 8000


def test_a_sku_may_stand_once_in_a_file_and_once_in_a_shop(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, table(kettle(), kettle(Handle="pot")))
    assert problems(shop, run) == ["sku_again"]
    other = [["pan", "Pan", "", "", "P-1", "5"]]
    imported(alices, shop, table(*other))
    run = compared(alices, shop, table(["pan", "Pan", "", "", "NK-1", "5"]))
    assert problems(shop, run) == ["sku_taken"]


def test_variants_without_options_cannot_be_told_apart(shop: Any, alices: Any) -> None:
    run = compared(alices, shop, table(kettle(), kettle(**{"Variant SKU": "NK-2"})))
    assert problems(shop, run) == ["options_needed"]
    twice = [["t", "Tee", "Size", "S", "1", "5"], ["t", "", "", "S", "2", "5"]]
    assert problems(shop, compared(alices, shop, table(*twice))) == ["same_options"]


def test_default_title_means_no_options(shop: Any, alices: Any) -> None:
    cells = {"Option1 Name": "Title", "Option1 Value": "Default Title"}
    imported(alices, shop, table(kettle(**cells)))
    with tenant(shop):
        assert shop.products.get().option_names == []
        assert shop.variants.get().options == []


def test_a_bad_picture_address_is_only_remarked(shop: Any, alices: Any) -> None:
    header = [*HEADER, "Image Src"]
    run = imported(alices, shop, table([*kettle(), "javascript:alert(1)"], header=header))
    with tenant(shop):
        assert shop.products.count() == 1
        assert not shop.product_images.exists()
        assert [p["code"] for p in run.rows.get().problems] == ["bad_image"]


def test_unseen_direction_marks_are_removed_and_counted(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, table(kettle("\u200e79.00", Title="\u202eKettle\ufeff")))
    with tenant(shop):
        assert shop.products.get().title == "Kettle"
        assert shop.variants.get().price_cents == 7900
    assert [w["n"] for w in run.warnings if w["code"] == "marks_removed"] == [2]


def test_the_formula_guard_is_stripped_exactly(shop: Any, alices: Any) -> None:
    rows = [kettle(Title="'=Kettle"), kettle(Handle="b", Title="'tis", **{"Variant SKU": "2"})]
    imported(alices, shop, table(*rows))
    with tenant(shop):
        assert set(shop.products.values_list("title", flat=True)) == {"=Kettle", "'tis"}


def test_the_error_file_can_be_corrected_and_uploaded_again(shop: Any, alices: Any) -> None:
    bad = [kettle("4O.00"), ["k", "short"], kettle(Handle="=cmd", **{"Variant Price": "-1"})]
    run = imported(alices, shop, table(GOOD, *bad))
    answer = alices.get(f"/northlight/products/import/{run.pk}/errors.csv")
    text = answer.content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == [*HEADER, "Import problem"]
    assert len(lines) == 4
    assert "letter O" in lines[1][-1]
    assert lines[3][0] == "'=cmd", "a spreadsheet must not run what stands in a cell"
    corrected = text.replace("4O.00", "40.00").replace("'-1", "2").replace("NK-1,2", "NK-2,2")
    again = imported(alices, shop, corrected.replace("k,short,,,,", "k,Short,,,NK-3,3"))
    assert problems(shop, again) == []
    assert again.dialect == "shopify-legacy"
    with tenant(shop):
        assert set(shop.products.values_list("handle", flat=True)) == {
            *("good", "kettle", "=cmd", "k")
        }


def test_a_file_that_vanished_is_told(shop: Any, alices: Any) -> None:
    upload(alices, table(kettle()))
    run = latest(shop)
    file_of(run).unlink()
    from tests.catalog.importing import carry_out

    alices.post(f"/northlight/products/import/{run.pk}/compare/")
    carry_out(latest(shop).job)
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "no longer there" in page


def test_writing_twice_is_refused(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, table(kettle()))
    answer = alices.post(f"/northlight/products/import/{run.pk}/write/", follow=True)
    assert "was written already" in answer.content.decode()


def test_two_skus_may_be_swapped_in_one_file(shop: Any, alices: Any) -> None:
    rows = [["a", "A", "", "", "S1", "1"], ["b", "B", "", "", "S2", "1"]]
    imported(alices, shop, table(*rows))
    swapped = [["t", "T", "Size", "S", "X1", "1"], ["t", "", "", "L", "X2", "1"]]
    imported(alices, shop, table(*swapped))
    back = [["t", "T", "Size", "S", "X2", "1"], ["t", "", "", "L", "X1", "1"]]
    run = compared(alices, shop, table(*back))
    assert written(alices, shop, run).state == "done"
