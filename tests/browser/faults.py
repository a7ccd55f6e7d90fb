"""What can be wrong with a page whatever it shows: found by the browser, not by taste."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESKTOP, MOBILE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
# Ours say zh-CN, Django's admin zh-hans: both are right.
HTML_LANG = {"en": re.compile("en"), "zh-hans": re.compile("zh-CN|zh-hans")}
NODES_SHOWN = 3

OVERFLOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > root.clientWidth + 1;
  });
  const names = wide.map((element) => element.tagName.toLowerCase() + "." + element.className);
  return [`${root.scrollWidth} px wide on a screen of ${root.clientWidth}`, ...names.slice(-3)];
}"""
# Visible text that does not say itself that it is in another language than the page.
TEXTS = """(lang) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  const skipped = "script, style, noscript, template, textarea, [translate=no]";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim().replace(/\\s+/g, " ");
    const parent = node.parentElement;
    if (!text || parent.closest(skipped)) continue;
    if (parent.closest("[lang]").lang !== lang || !parent.checkVisibility()) continue;
    found.push(text);
  }
  for (const element of document.querySelectorAll("[placeholder], [title], [aria-label]")) {
    if (element.closest("[lang]").lang !== lang) continue;
    for (const name of ["placeholder", "title", "aria-label"])
      if (element.getAttribute(name)) found.push(element.getAttribute(name).trim());
  }
  return found;
}"""


def overflow(page: Page) -> list[str]:
    wide = page.evaluate(OVERFLOW)
    return [f"scrolls sideways: {'; '.join(wide)}"] if wide else []


def inaccessible(page: Page) -> list[str]:
    """What axe-core objects to, levels A and AA up to WCAG 2.2."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"axe {rule['id']}: {_nodes(rule)}" for rule in found]


def _nodes(rule: dict[str, Any]) -> str:
    shown = [
        f"{' '.join(map(str, node['target']))} {_why(node)}" for node in rule["nodes"][:NODES_SHOWN]
    ]
    more = len(rule["nodes"]) - len(shown)
    return " | ".join(shown) + (f" and {more} more" if more > 0 else "")


def _why(node: dict[str, Any]) -> str:
    checks = node["any"] + node["all"] + node["none"]
    return checks[0]["message"] if checks else ""


def wrong_language(page: Page, language: str) -> list[str]:
    """The page's language as marked, and messages that were left in English."""
    marked = page.locator("html").get_attribute("lang")
    if not HTML_LANG[language].fullmatch(marked or ""):
        return [f"html lang is {marked}"]
    if language == "en":
        return []
    left = {text for text in page.evaluate(TEXTS, marked) if is_message(text)}
    return [f"left in English: {text}" for text in sorted(left)]


def is_message(text: str) -> bool:
    """Whether a text is one of ours in English, not a merchant's."""
    plain, patterns = _messages()
    if text in plain:
        return True
    return any(pattern.fullmatch(text) for pattern in patterns)


@cache
def _messages() -> tuple[set[str], list[re.Pattern[str]]]:
    """English messages of two words or more: single words may well be a merchant's."""
    plain, patterns = set(), []
    for text, translation in _translated():
        text = " ".join(text.split())
        if text == translation or len(re.findall(r"[A-Za-z]{2,}", text)) < 2:
            continue
        plain.add(text)
        parts = re.split(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text)
        if len(parts) > 1 and len(re.findall(r"[A-Za-z]{2,}", " ".join(parts))) >= 2:
            patterns.append(re.compile(".+".join(map(re.escape, parts))))
    return plain, patterns


def _translated() -> Iterator[tuple[str, str]]:
    from ecomportal.web.translations import merged

    for message in merged():
        if message.id:
            plural = isinstance(message.id, tuple | list)
            translation = message.string[0] if plural else message.string
            for text in message.id if plural else [message.id]:
                yield text, translation
