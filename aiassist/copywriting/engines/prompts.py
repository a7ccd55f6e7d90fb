"""What a model is told: the text of a versioned file, and the product's facts as a block of data.

A prompt is a file `aiassist/copywriting/prompts/<version>.md`, cut into sections by its headings.
Its version names the file and the first letters of its fingerprint, so that a changed file is
another prompt to the cache, to the reports and to the reviewer.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from aiassist.copywriting.engine import CopyRequest
from aiassist.copywriting.engines.block import data_of
from aiassist.copywriting.lint.rules import placements

FOLDER = Path(__file__).resolve().parent.parent / "prompts"
NEWEST = "v1"
FORMS = ("parts", "lines")  # sections for all kinds that have parts
Messages = list[dict[str, str]]


class UnknownPrompt(ValueError):
    """No file of that version, or no section that a request needs."""


@dataclass(frozen=True)
class Prompt:
    name: str
    version: str
    sections: dict[str, str]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of text it knows how to ask for."""
        named = [k.removeprefix("kind ") for k in self.sections if k.startswith("kind ")]
        return tuple(dict.fromkeys([*(k for k in named if k not in FORMS), *placements()]))

    @cached_property
    def own_words(self) -> tuple[str, ...]:
        """All that is ours in it, for whoever looks whether an answer repeats it."""
        return tuple(self.sections.values())

    def section(self, name: str) -> str:
        try:
            return self.sections[name]
        except KeyError:
            raise UnknownPrompt(f"{self.name}.md has no section “{name}”.") from None

    def system(self, request: CopyRequest) -> str:
        tone = self.sections.get(f"tone {request.tone}", "")
        parts = [
            self.section("system"),
            self.section(f"language {request.lang}"),
            self._kind(request),
            tone,
        ]
        return "\n\n".join(part for part in parts if part)

    def _kind(self, request: CopyRequest) -> str:
        """What the text is to be; for one with parts, the parts and how long each may be."""
        if request.source_text:
            return self.section("kind translation")
        placement = placements().get(request.field)
        if placement is None or f"kind {request.field}" in self.sections:
            return self.section(f"kind {request.field}")
        n_blocks = placement["blocks"]
        return self.section("kind lines" if n_blocks == 1 else "kind parts").format(
            kind=placement["en"],
            blocks=f"{n_blocks} variants" if n_blocks else "three to five of them",
            n_parts=len(placement["parts"]),
            parts=", ".join(_part(part) for part in placement["parts"]),
        )


def _part(part: dict[str, Any]) -> str:
    if part["count"] == "sms":
        return "the text (at most 150 characters in English or 65 in Chinese)"
    n = part["max"]
    in_zh = n // 2 if part["count"] == "double_cjk" else n
    return f"{part['en'].lower()} (at most {n} characters in English or {in_zh} in Chinese)"


def prompt_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("v*.md"))


@lru_cache(maxsize=8)
def prompt_of(name: str = "") -> Prompt:
    """The prompt of a version such as "v1", the newest without one; raises UnknownPrompt."""
    name = name or NEWEST
    if name not in prompt_names():
        raise UnknownPrompt(f"There is no prompt “{name}”.")
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    parts = re.split(r"^# +(.+)$", text, flags=re.MULTILINE)[1:]
    sections = {
        heading.strip(): body.strip() for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }
    digest = hashlib.sha256(text.encode()).hexdigest()[:6]
    return Prompt(name, f"{name}.{digest}", sections)


def messages_for(request: CopyRequest, prompt: Prompt) -> Messages:
    block = json.dumps(data_of(request), ensure_ascii=False, separators=(",", ":"))
    return [
        {"role": "system", "content": prompt.system(request)},
        {"role": "user", "content": block},
    ]


def repair_messages(messages: Messages, raw: str, reason: str, *, prompt: Prompt) -> Messages:
    """The same conversation with the answer that would not do, and why not."""
    return [
        *messages,
        {"role": "assistant", "content": raw[:8000]},
        {"role": "user", "content": prompt.section("repair").format(reason=reason)},
    ]
