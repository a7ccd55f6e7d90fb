"""JSON bodies, checked for what can neither be kept nor sent back.

A module of its own because REST framework loads it while it is itself being loaded.
"""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class CleanJSONParser(JSONParser):
    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            data = super().parse(*args, **kwargs)
            _check(data)
        except RecursionError:
            raise ParseError("The body is nested too deep.") from None
        return data


def _check(data: Any) -> None:
    """PostgreSQL keeps no NUL in text, and half of a surrogate pair is no character."""
    if isinstance(data, str) and ("\0" in data or any("\ud800" <= c <= "\udfff" for c in data)):
        raise ParseError("The body holds a NUL or half of a surrogate pair.")
    if isinstance(data, dict):
        data = [*data, *data.values()]
    if isinstance(data, list):
        for inner in data:
            _check(inner)
