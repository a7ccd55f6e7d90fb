"""Lines into products: those of one handle together, wherever in the file they stand."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b

from catalog.products.imports import read
from catalog.products.imports.problems import Refused, problem
from catalog.products.imports.products import Layout, Parsed, Reading, handle_of

MAX_LINES = 1_000_000  # of a file
MAX_LINES_OF_PRODUCT = 5000  # held in memory together; Shopify allows 2,048 variants
Parse = Callable[[str, list[read.Line], Layout], Parsed]
Handle = Callable[[read.Line, Layout], str]


@dataclass
class Index:
    """What a first pass learns: which handles come back later, and how each is spelled first."""

    n_lines: int = 0
    scattered: set[str] = field(default_factory=set)
    too_long: set[str] = field(default_factory=set)
    spelled: dict[str, tuple[str, int]] = field(default_factory=dict)


def line_handle(line: read.Line, layout: Layout) -> str:
    """The handle a line names; a line with only a title makes a product of its own."""
    return own_handle(line, layout) or handle_of(layout.cell(line, "title"))


def own_handle(line: read.Line, layout: Layout) -> str:
    """The handle that stands in the line, and nothing else."""
    return layout.cell(line, "handle")[:300]


def read_grouped(
    first: Iterator[read.Line],
    again: Iterator[read.Line],
    layout: Layout,
    parse: Parse,
    *,
    handle: Handle = line_handle,
) -> Reading:
    """The products of a file that is passed twice: the first pass only learns what comes back.
    `handle` must say the same of a line in both."""
    index = _index(first, layout, handle)
    return Reading(index.n_lines, _products(again, layout, index, parse=parse, handle_in=handle))


def _index(lines: Iterator[read.Line], layout: Layout, handle_in: Handle) -> Index:
    index, n_lines, last = Index(), Counter(), ""
    for line in lines:
        index.n_lines += 1
        if index.n_lines > MAX_LINES:
            raise Refused("too_many_lines", limit=MAX_LINES)
        if line.problem or not (handle := handle_in(line, layout)):
            continue
        if handle != last and handle in n_lines:
            index.scattered.add(handle)
        n_lines[handle] += 1
        index.spelled.setdefault(handle.casefold(), (handle, line.number))
        last = handle
    index.too_long = {handle for handle, n in n_lines.items() if n > MAX_LINES_OF_PRODUCT}
    return index


def _products(
    lines: Iterator[read.Line], layout: Layout, index: Index, *, parse: Parse, handle_in: Handle
) -> Iterator[Parsed]:
    """Lines of one handle together, wherever they stand; those apart wait for the last one."""
    waiting: dict[str, list[read.Line]] = {}
    handle, group = "", []
    for line in lines:
        found = "" if line.problem else handle_in(line, layout)
        if not found:
            why = line.problem or problem("no_handle", line=line.number)
            yield Parsed(line.number, problems=[why], lines=[line])
        elif found in index.too_long:
            why = problem("product_too_long", line=line.number, limit=MAX_LINES_OF_PRODUCT)
            yield Parsed(line.number, found[:255], found[:255], problems=[why], lines=[line])
        elif found in index.scattered:
            waiting.setdefault(found, []).append(line)
        elif found == handle:
            group.append(line)
        else:
            yield from _product(handle, group, layout, index, parse)
            handle, group = found, [line]
    yield from _product(handle, group, layout, index, parse)
    for handle, group in waiting.items():
        yield from _product(handle, group, layout, index, parse)


def _product(
    handle: str, lines: list[read.Line], layout: Layout, index: Index, parse: Parse
) -> Iterator[Parsed]:
    if not lines:
        return
    other, other_line = index.spelled[handle.casefold()]
    if other == handle:
        yield Parsed(
            lines[0].number,
            handle[:255],
            handle[:255],
            lines=lines,
            said=said_by(lines, layout.mark),
            skus=[(sku, line.number) for line in lines if (sku := layout.cell(line, "sku"))],
            steps=[partial(_read, parse, handle, lines, layout)],
        )
        return
    why = problem(
        "case_differs", line=lines[0].number, handle=handle, other=other, other_line=other_line
    )
    yield Parsed(lines[0].number, handle[:255], handle[:255], problems=[why], lines=lines)


def _read(
    parse: Parse, handle: str, lines: list[read.Line], layout: Layout, parsed: Parsed
) -> None:
    found = parse(handle, lines, layout)
    parsed.label, parsed.payload = found.label, found.payload
    parsed.problems, parsed.remarks = found.problems, found.remarks


def said_by(lines: list[read.Line], mark: bytes) -> str:
    """A digest of what lines say, wherever they stand in their file."""
    start = lines[0].number
    text = "\x1e".join([f"{n - start}\x1f" + "\x1f".join(cells) for n, cells, *_ in lines])
    if text.count("\x1f") != sum(len(line.cells) for line in lines):
        text = repr([(line.number - start, line.cells) for line in lines])
    said = blake2b(text.encode("utf-8", "surrogatepass"), key=mark, digest_size=16)
    return said.hexdigest()
