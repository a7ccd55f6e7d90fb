"""For files whose lines are not laid out as ours: each line is put into our fields first.

A dialect says what each line becomes: any number of lines under the names of our fields. From
there on a product is read as from every other template; the error file gets the lines as they
came, because each of ours carries its original behind its own cells.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from catalog.products.imports import read, shopify
from catalog.products.imports.fields import FIELDS
from catalog.products.imports.grouping import own_handle, read_grouped
from catalog.products.imports.guard import guard
from catalog.products.imports.products import Layout, Parsed, Reading

Cells = dict[str, str]
Translate = Callable[[read.Line], Iterator[Cells]]
PLACES = {name: at for at, name in enumerate(FIELDS)}


def read_translated(
    lines: Callable[[], Iterable[read.Line]],
    layout: Layout,
    *,
    states: Iterable[str],
    translate: Translate,
    handle: Callable[[read.Line], str],
) -> Reading:
    """The products of the file; `states` are the fields its columns say something about.

    `handle` is the product of a line, known after the dialect's own first look at the file, so
    that the pass that groups lines need not translate them.
    """
    inner = _layout(layout, states)
    first, again = _handles(lines(), handle), _translated(lines(), layout, translate)
    # Of the first pass a line has its handle alone, so a title must not speak in the second.
    grouped = read_grouped(first, again, inner, shopify.parse, handle=own_handle)
    return Reading(grouped.n_lines, (_as_it_came(parsed, inner) for parsed in grouped.rows))


def _handles(lines: Iterable[read.Line], handle: Callable[[read.Line], str]) -> Iterator[read.Line]:
    """Each line with no more than its handle."""
    for line in lines:
        yield line if line.problem else line._replace(cells=[guard(handle(line))])


def _layout(layout: Layout, states: Iterable[str]) -> Layout:
    """Our fields in their order, then the kept columns, each called as in the file."""
    names = [layout.column(name) if layout.has(name) else str(FIELDS[name]) for name in FIELDS]
    kept = {name: len(FIELDS) + n for n, name in enumerate(layout.kept)}
    fields = {name: PLACES[name] for name in states}
    return replace(layout, header=[*names, *kept], fields=fields, kept=kept, by_name={})


def _translated(
    lines: Iterable[read.Line], layout: Layout, translate: Translate
) -> Iterator[read.Line]:
    for line in lines:
        if line.problem:
            yield line
            continue
        kept = [line.cells[at] for at in layout.kept.values()]
        for cells in translate(line):
            own = [""] * len(PLACES)
            for name, cell in cells.items():
                if cell:
                    own[PLACES[name]] = guard(cell)
            yield line._replace(cells=[*own, *kept, *line.cells])
            kept = [""] * len(kept)


def _as_it_came(parsed: Parsed, inner: Layout) -> Parsed:
    found: dict[int, read.Line] = {}
    for line in parsed.lines:
        if not line.problem:
            line = line._replace(cells=line.cells[len(inner.header) :])
        found.setdefault(line.number, line)
    parsed.lines = list(found.values())
    return parsed.then(_say_handle_is_made) if parsed.steps else parsed


def _say_handle_is_made(parsed: Parsed) -> None:
    if parsed.payload:
        # The file has no handles: one made of a name must not rename what a SKU finds.
        parsed.payload["is_handle_made"] = True


def fed(layout: Layout, *others: str) -> Mapping[str, None]:
    """The fields that columns feed, and others that a dialect works out."""
    return dict.fromkeys([*layout.fields, *others])
