"""A rule's text in colours, with what is wrong in it marked."""

from collections.abc import Iterator, Sequence

from aiassist.segments.language import RuleError, tokens

# What a part of a rule is, and the class of its colour.
CLASSES = {
    "attribute": "a", "function": "a", "argument": "o", "operator": "o", "value": "v", "join": "l",
}  # fmt: skip
WRONG = "e"
GAP = "▏"  # stands where something is missing
Run = tuple[str, str]  # class, text


def coloured(text: str, error: RuleError | None = None) -> list[Run]:
    runs: list[Run] = []
    at = 0
    for start, length, kind in tokens(text):
        runs += [("", text[at:start]), (CLASSES.get(kind, ""), text[start : start + length])]
        at = start + length
    runs = [run for run in [*runs, ("", text[at:])] if run[1]]
    return runs if error is None else _marked(runs, error.position, error.position + error.length)


def _marked(runs: Sequence[Run], start: int, end: int) -> list[Run]:
    marked: list[Run] = []
    at = 0
    for kind, text in _cut(runs, (start, end)):
        if at == start == end:
            marked.append((WRONG, GAP))
        marked.append((WRONG if start <= at < end else kind, text))
        at += len(text)
    is_told = any(kind == WRONG for kind, _text in marked)
    return marked if is_told else [*marked, (WRONG, GAP)]


def _cut(runs: Sequence[Run], places: Sequence[int]) -> Iterator[Run]:
    """The same runs, ending at each of the places."""
    at = 0
    for kind, text in runs:
        inside = sorted({p - at for p in places if 0 < p - at < len(text)})
        for begin, end in zip([0, *inside], [*inside, len(text)], strict=True):
            yield kind, text[begin:end]
        at += len(text)
