"""Conditions as fields of a form: from a rule's items to rows and back.

A form sends for each row `n-what` (attribute or function), `n-op`, `n-v` (once or twice), and for
functions `n-not`, `n-p-NAME` and `n-o-NAME`; `n-group` says in which group of rows it stands, "" is
the rule itself. `rows` has the rows' numbers in their order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

ITEMS_MAX = 40
N_VALUES = {"BETWEEN": 2, "IS NULL": 0, "IS NOT NULL": 0}
BEGINS_WITH = {
    "whole": "1", "number": "1", "money": "100", "share": "0.5", "day": "-30d", "flag": "true",
}  # fmt: skip
FIRST = {"attribute": "number_of_orders", "operator": ">=", "values": ["1"]}


@dataclass
class Row:
    """One condition on the page. `entry` is what the vocabulary says of its attribute."""

    n: int
    item: dict[str, Any]
    entry: dict[str, Any]
    group: str = ""
    is_bad: bool = False

    @property
    def what(self) -> str:
        return self.item.get("attribute") or self.item.get("function", "")

    @property
    def values(self) -> list[str]:
        given = [*self.item.get("values", []), "", ""]
        return given[: n_values(self.item.get("operator", ""))]

    @property
    def is_list(self) -> bool:
        return self.item.get("operator") == "IN"

    @property
    def listed(self) -> str:
        return ", ".join(self.item.get("values", []))

    @property
    def parameters(self) -> list[dict[str, Any]]:
        given = self.item.get("arguments", {})
        return [_parameter(one, given.get(one["name"])) for one in self.entry.get("parameters", [])]


def _parameter(entry: dict[str, Any], given: Any) -> dict[str, Any]:
    if isinstance(given, dict):
        return {**entry, "operator": given["operator"], "value": (given["values"] or [""])[0]}
    return {**entry, "operator": ">=", "value": given or ""}


@dataclass
class Part:
    """The rule itself (`name` is "") or a group in it: its rows and how they are joined."""

    name: str
    join: str
    rows: list[Any] = field(default_factory=list)  # Row, or Part inside the rule


def n_values(operator: str) -> int:
    return N_VALUES.get(operator, 1)


def part_of(tree: Mapping[str, Any], entries: Mapping[str, dict], bad: list[int] | None) -> Part:
    """The rule's items as rows numbered in order; `bad` is the path of one that is wrong."""
    whole = Part("", tree["join"])
    n = 0
    for at, item in enumerate(tree["items"]):
        if "items" not in item:
            whole.rows.append(Row(n, item, _entry(item, entries), "", bad == [at]))
            n += 1
            continue
        part = Part(str(at), item["join"])
        for inner, one in enumerate(item["items"]):
            part.rows.append(Row(n, one, _entry(one, entries), str(at), bad == [at, inner]))
            n += 1
        whole.rows.append(part)
    return whole


def _entry(item: Mapping[str, Any], entries: Mapping[str, dict]) -> dict[str, Any]:
    return entries.get(item.get("attribute") or item.get("function", ""), {})


def tree_from(sent: QueryDict, entries: Mapping[str, dict]) -> dict[str, Any]:
    """What the form's rows say, in the form that a rule's items have."""
    tree: dict[str, Any] = {"join": _join(sent, ""), "items": []}
    groups: dict[str, dict[str, Any]] = {}
    for n in [n for n in sent.getlist("rows") if n.isdecimal()][:ITEMS_MAX]:
        item = _item(sent, n, entries)
        name = sent.get(f"{n}-group", "")
        if item is None:
            continue
        if not name:
            tree["items"].append(item)
            continue
        if name not in groups:
            groups[name] = {"join": _join(sent, name), "items": []}
            tree["items"].append(groups[name])
        groups[name]["items"].append(item)
    return tree


def _join(sent: QueryDict, name: str) -> str:
    return "or" if sent.get(f"join-{name}") == "or" else "and"


def _item(sent: QueryDict, n: str, entries: Mapping[str, dict]) -> dict[str, Any] | None:
    entry = entries.get(sent.get(f"{n}-what", ""))
    if entry is None:
        return None
    if entry["kind"] == "function":
        return _function(sent, n, entry)
    if sent.get(f"{n}-was", entry["name"]) != entry["name"]:  # another one was chosen just now
        return fresh(entry)
    names = [operator["name"] for operator in entry["operators"]]
    operator = sent.get(f"{n}-op", "")
    operator = operator if operator in names else names[0]
    values = [value.strip() for value in sent.getlist(f"{n}-v")]
    if operator == "IN":
        values = [
            v.strip() for one in values for v in one.replace("，", ",").split(",") if v.strip()
        ]
    return {
        "attribute": entry["name"],
        "operator": operator,
        "values": values if operator == "IN" else values[: n_values(operator)],
    }


def fresh(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A condition as it begins: with a value that fits, where there is a likely one."""
    choices = entry["choices"]
    value = choices[0]["value"] if choices else BEGINS_WITH.get(entry["kind"], "")
    if entry["kind"] == "whole" and entry.get("high") == 5:
        value = "5"
    operator = entry["operators"][0]["name"]
    return {"attribute": entry["name"], "operator": operator, "values": [value]}


def _function(sent: QueryDict, n: str, entry: dict[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for one in entry["parameters"]:
        value = sent.get(f"{n}-p-{one['name']}", "").strip()
        if not value:
            continue
        if one["kind"] in ("money", "whole"):
            operator = sent.get(f"{n}-o-{one['name']}", "") or ">="
            arguments[one["name"]] = {"operator": operator, "values": [value]}
        else:
            arguments[one["name"]] = value
    is_not = sent.get(f"{n}-not") == "1"
    return {"function": entry["name"], "not": is_not, "arguments": arguments}


def with_item(tree: dict[str, Any], group: str | None) -> dict[str, Any]:
    """One more condition: at the end of the rule, in a group, or (None) in a group of its own."""
    if group is None:
        other = "or" if tree["join"] == "and" else "and"
        tree["items"].append({"join": other, "items": [dict(FIRST), dict(FIRST)]})
    elif group == "":
        tree["items"].append(dict(FIRST))
    else:
        found = [
            item for at, item in enumerate(tree["items"]) if str(at) == group and "items" in item
        ]
        (found[0]["items"] if found else tree["items"]).append(dict(FIRST))
    return tree


def without_item(tree: dict[str, Any], n: int) -> dict[str, Any]:
    """The rule without its nth condition; a group that is empty goes too."""
    at, kept = 0, []
    for item in tree["items"]:
        if "items" not in item:
            if at != n:
                kept.append(item)
            at += 1
            continue
        inner = [one for i, one in enumerate(item["items"], start=at) if i != n]
        at += len(item["items"])
        if inner:
            kept.append({**item, "items": inner} if len(inner) > 1 else inner[0])
    return {**tree, "items": kept}
