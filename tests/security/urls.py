"""Every URL of the site, as the resolver knows it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Url:
    """`name` with its namespaces, such as "catalog:product"; `params` in order of place;
    `module` is where the view is written."""

    name: str
    route: str
    params: tuple[str, ...]
    module: str


def all_urls() -> list[Url]:
    return sorted(_walk(get_resolver(), "", ""), key=lambda url: (url.name, url.route))


def _walk(resolver: URLResolver, namespace: str, prefix: str) -> Iterator[Url]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner, route)
        elif isinstance(pattern, URLPattern):
            params = re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", route)
            name = f"{namespace}{pattern.name}" if pattern.name else f"unnamed:{route}"
            view = getattr(pattern.callback, "view_class", pattern.callback)
            yield Url(name, route, tuple(a or b for a, b in params), view.__module__)
