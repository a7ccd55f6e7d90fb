"""A person with a browser that has no script: links, forms, cookies, nothing else."""

import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 60


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]]
    names: set[str]  # of all its controls, also those that send nothing untouched


@dataclass
class Page:
    url: str
    status: int
    html: str

    @property
    def text(self) -> str:
        """What the page says, white space folded."""
        bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", self.html, flags=re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", bare).split())

    @property
    def forms(self) -> list[Form]:
        reader = FormReader()
        reader.feed(self.html)
        return reader.forms

    def form(self, wanted: str) -> Form:
        """The form that is sent to an address with this ending, or that has this control."""
        for form in self.forms:
            path = urllib.parse.urlsplit(form.action).path
            if wanted in form.names or ("/" in wanted and path.endswith(wanted)):
                return form
        shown = [(form.action, sorted(form.names)) for form in self.forms]
        raise LookupError(f"{self.url} has no form for {wanted}: {shown}")

    def link(self, pattern: str) -> str:
        found = re.search(rf'href="([^"]*{pattern}[^"]*)"', self.html)
        if not found:
            raise LookupError(f"{self.url} has no link like {pattern}")
        return found[1].replace("&amp;", "&")

    def links(self, pattern: str) -> list[str]:
        return list(dict.fromkeys(re.findall(rf'href="([^"]*{pattern}[^"]*)"', self.html)))


class FormReader(HTMLParser):
    """Forms with the values they would send if they were submitted untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.by_id: dict[str, Form] = {}
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = found.get("method", "get").lower()
            self.open = Form(found.get("action", ""), method, [], set())
            self.forms.append(self.open)
            if "id" in found:
                self.by_id[found["id"]] = self.open
            return
        form = self.by_id.get(found.get("form", ""), self.open)
        name = found.get("name", "")
        if form is None:
            return
        form.names.add(name)
        if tag == "input" and name and self._counts(found):
            box = found.get("type") in ("checkbox", "radio")
            form.fields.append((name, found.get("value", "on" if box else "")))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in found:
            form.fields.append((self.select, found.get("value", "")))
        elif tag == "textarea":
            self.textarea = name
            form.fields.append((name, ""))

    def _counts(self, found: dict[str, str]) -> bool:
        kind = found.get("type", "text")
        if kind in ("submit", "button", "file", "image"):
            return False
        return kind not in ("checkbox", "radio") or "checked" in found

    def handle_data(self, data: str) -> None:
        if self.open and self.textarea:
            name, value = self.open.fields[-1]
            self.open.fields[-1] = (name, value + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""


class KeepStatus(urllib.request.HTTPErrorProcessor):
    """An error page is a page: the caller looks at its status."""

    def http_response(self, request: Any, response: Any) -> Any:
        if response.code in (301, 302, 303, 307, 308):
            return super().http_response(request, response)
        return response


class Session:
    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.cookies)
        self.opener = urllib.request.build_opener(cookies, KeepStatus)

    def get(self, address: str) -> Page:
        return self._send(urllib.request.Request(self._absolute(address)))

    def submit(
        self, page: Page, wanted: str, *, files: dict[str, Path] | None = None, **values: Any
    ) -> Page:
        """Send a form of the page with these fields changed; a list repeats its field."""
        form = page.form(wanted)
        kept = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            each = value if isinstance(value, list) else [value]
            kept += [(name, str(one)) for one in each if one is not None]
        address = urllib.parse.urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return self.get(f"{address.split('?')[0]}?{urllib.parse.urlencode(kept)}")
        body, kind = encode(kept, files or {})
        headers = {"Content-Type": kind, "Referer": page.url}
        return self._send(urllib.request.Request(address, body, headers))

    def wait(self, address: str, until: Any, *, seconds: float = 180) -> Page:
        """Look again and again until the page is as `until` wants it."""
        deadline = time.monotonic() + seconds
        while True:
            page = self.get(address)
            if until(page):
                return page
            if time.monotonic() > deadline:
                raise TimeoutError(f"{address} after {seconds:.0f} s: {page.text[:400]}")
            time.sleep(0.5)

    def _absolute(self, address: str) -> str:
        return urllib.parse.urljoin(self.base, address)

    def _send(self, request: urllib.request.Request) -> Page:
        with self.opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return Page(answer.url, answer.status, answer.read().decode("utf-8", "replace"))


def encode(fields: list[tuple[str, str]], files: dict[str, Path]) -> tuple[bytes, str]:
    if not files:
        return urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for name, path in files.items():
        head = f'form-data; name="{name}"; filename="{path.name}"'
        lines = f"--{mark}\r\nContent-Disposition: {head}\r\nContent-Type: text/csv\r\n\r\n"
        parts.append(lines.encode() + path.read_bytes() + b"\r\n")
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
