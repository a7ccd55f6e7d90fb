"""What can be wrong with a file, a row or a cell: a code and its facts, put into words when shown.

Rows of an import outlive the language they were read in, so the database keeps codes.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

Problem = dict[str, Any]  # {"code", "line", "column", ...facts that the message names}

MESSAGES = {
    # The whole file
    "empty_file": _("The file is empty. Export it again and upload the new file."),
    "too_large": _("The file is larger than {limit} MiB. Split it into several files."),
    "unpacks_too_large": _(
        "What is packed in this file is far larger than a table of products, or more than "
        "{limit} MiB. Upload it unpacked, or split it into several files."
    ),
    "is_archive": _("This is an archive of several files. Unpack it and upload the table inside."),
    "broken_gzip": _(
        "The packed file is damaged or cut off. Pack it again, or upload it unpacked."
    ),
    "is_old_workbook": _(
        "This is a workbook of Excel’s old format (.xls). Save it as Excel workbook (.xlsx) "
        "or as CSV UTF-8."
    ),
    "is_locked_workbook": _(
        "This Excel workbook is locked with a password. Save a copy without the password."
    ),
    "is_binary_workbook": _(
        "This is a binary Excel workbook (.xlsb). Save it as Excel workbook (.xlsx)."
    ),
    "is_open_document": _(
        "This is an OpenDocument file. Save it as Excel workbook (.xlsx) or as CSV."
    ),
    "broken_workbook": _(
        "This Excel workbook cannot be opened: it is damaged or cut off. Open it in a spreadsheet "
        "program, save it again as .xlsx, and upload that."
    ),
    "is_pdf": _("This is a PDF document. Upload the CSV export of your shop instead."),
    "is_binary": _(
        "This is neither a text file nor a workbook. Upload a table: CSV, XLSX or an XML feed."
    ),
    "is_markup": _(
        "This is a web page or a document, not a list of products. "
        "Upload a CSV, a workbook, or a feed whose products are item or entry elements."
    ),
    "is_json": _(
        "This is a JSON document, not a table. Export the products as CSV or XLSX instead."
    ),
    "broken_xml": _(
        "The feed is not well-formed XML: it breaks off or is damaged on line {line}. "
        "Fetch or export it again."
    ),
    "has_entities": _(
        "The feed declares entities of its own, which we do not read for safety. "
        "Export it without a DOCTYPE."
    ),
    "field_too_large": _("The element {name} of this feed is longer than {limit} characters."),
    "file_gone": _("The uploaded file is no longer there. Upload it again."),
    "not_a_table": _(
        "No column of this file is known. The first line must name the columns, "
        "such as Handle, Title, Variant SKU, Variant Price. It reads: {found}"
    ),
    "bad_encoding": _(
        "The file is neither UTF-8 nor UTF-16 nor GB18030: line {line} holds the byte {byte}. "
        "It looks like {guess}. Save it again as CSV UTF-8."
    ),
    "broken_utf16": _("The file begins as UTF-16 and breaks off in the middle of a character."),
    "duplicate_header": _("These columns stand in the header more than once: {names}."),
    "no_rows": _("The file has a header and no rows below it, so there is nothing to import."),
    "too_many_lines": _("The file has more than {limit} lines. Split it into several files."),
    "no_identity": _(
        "No column names the product. Choose one for the handle, for the title or for the SKU."
    ),
    "mapped_twice": _("{field} is chosen for more than one column: {names}."),
    # A line
    "ragged": _("The line has {found} cells and the header has {wanted}."),
    "ragged_quote": _(
        "The line has {found} cells and the header has {wanted}. "
        "A quotation mark opened on line {line} is closed {lines} lines later, if at all."
    ),
    "cell_too_large": _("A cell of this line is longer than {limit} characters."),
    "nul": _("{column} holds a NUL character."),
    "unreadable": _("The line cannot be read as a row of a table."),
    # A cell
    "too_long": _("{column} is longer than {limit} characters."),
    "not_money": _("{column} “{value}” is not an amount."),
    "other_currency": _("{column} “{value}” is in another currency; the shop sells in {currency}."),
    "letter_in_number": _("{column} “{value}”: character {position} is the letter {letter}."),
    "negative": _("{column} “{value}” is below zero."),
    "exponent": _("{column} “{value}” is written with an exponent. Write the number out."),
    "too_precise": _("{column} “{value}” has more decimals than {currency} has."),
    "too_big": _("{column} “{value}” is larger than any price, stock or weight we keep."),
    "not_whole": _("{column} “{value}” is not a whole number."),
    "not_a_number": _("{column} “{value}” is not a number."),
    "not_yes_no": _("{column} “{value}” is neither true nor false."),
    "not_status": _("{column} “{value}” is neither active, draft nor archived."),
    "not_policy": _("{column} “{value}” is neither deny nor continue."),
    "not_extra": _("{column} is not what an export of ours writes there."),
    # A product
    "no_handle": _("The line has neither a handle nor a title, so its product is unknown."),
    "product_too_long": _("One product may have {limit} lines; this one has more."),
    "no_title": _("A new product needs a title; no line of {handle} has one."),
    "case_differs": _(
        "The handle {handle} differs from {other} (line {other_line}) only in capital letters. "
        "Use one spelling."
    ),
    "options_needed": _(
        "{handle} has several variants but no option, such as Size, to tell them apart."
    ),
    "option_empty": _("The variant has no value for the option {option}."),
    "option_unnamed": _("The option value {value} has no option name, such as Size."),
    "same_options": _("Line {other_line} has the same variant: {value}."),
    "sku_again": _("The SKU {sku} stands on line {other_line} already."),
    "sku_taken": _("The SKU {sku} belongs to another product: {other}."),
    "two_products": _("The SKUs of this product belong to several products: {others}."),
    "taken_by_row": _("Line {other_line} changes the same product: {other}."),
    # Found when writing
    "changed_since": _("The product was changed after this dry run. Compare again."),
    "gone_since": _("The product was deleted after this dry run. Compare again."),
    "made_since": _("A product with this handle was made after this dry run. Compare again."),
    "sku_since": _("A SKU of this product was given to another product after this dry run."),
    "not_written": _("The database refused this product. Nothing of it was written."),
    # Worth a remark, but no reason to refuse
    "variant_first": _("A variant stands above the line with its product’s title."),
    "title_differs": _("Another title stands on this line; the first one counts."),
    "bad_image": _("{column} “{value}” is not the address of a picture; left out."),
    "marks_removed": _("Invisible direction marks were removed from {n} cells."),
    "html_cleaned": _("Scripts, styles or frames were removed from {n} descriptions."),
    "unknown_columns": _("Columns without a field of their own, kept as they are: {names}."),
    "second_column": _("{column} says the same as {other}; it is left out."),
    "variants_kept": _("{n} variants are not in the file; they stay as they are."),
    "no_price": _("No price"),
    "price_falls": _("Falls by {percent}%"),
    "price_zero": _("The price becomes zero"),
    "out_of_stock": _("Goes out of stock"),
    "live_text": _("Replaces a text that a person approved"),
    "text_removed": _("Removes a text"),
    "by_sku": _("Found by its SKU; the handle changes"),
    "new_category": _("New category"),
}


class Refused(Exception):
    """The file cannot be imported at all; its text is for the merchant."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.problem: Problem = {"code": code, **facts}

    def __str__(self) -> str:
        return words(self.problem)


def problem(code: str, *, line: int = 0, column: str = "", **facts: Any) -> Problem:
    facts = {name: value for name, value in facts.items() if value is not None}
    return {"code": code, "line": line, "column": column, **facts}


def words(found: Mapping[str, Any]) -> str:
    return filled_words(MESSAGES[found["code"]], found)


def filled_words(message: Any, facts: Mapping[str, Any]) -> str:
    return str(message).format_map(_Shortened(facts))


class _Shortened(dict):
    """Facts for a message: long ones cut, missing ones empty, so that no message ever fails."""

    def __getitem__(self, name: str) -> str:
        value = str(super().get(name, ""))
        return value if len(value) <= 200 else value[:200] + "…"

    def __missing__(self, name: str) -> str:
        return ""
