// Keys: a link or button with data-key is pressed by that key, a link with data-go by `g` and then
// its letter; a search field with data-key is focused. `?` shows them. Typing is left alone.
"use strict";

(() => {
  const GO_MS = 1200; // how long `g` waits for its letter
  let goUntil = 0;

  const isTyping = (element) =>
    element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio])");

  const find = (attribute, key) =>
    [...document.querySelectorAll(`[${attribute}]`)].find(
      (element) => element.getAttribute(attribute) === key && !element.disabled,
    );

  function press(element, event) {
    event.preventDefault();
    if (element.matches("input, textarea")) {
      element.focus();
      element.select();
    } else {
      element.click();
    }
  }

  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const goes = event.timeStamp < goUntil;
    goUntil = 0;
    if (event.key === "g") {
      goUntil = event.timeStamp + GO_MS;
      return;
    }
    const target = goes ? find("data-go", event.key) : find("data-key", event.key);
    if (target) press(target, event);
    else if (event.key === "?") document.getElementById("keys")?.showModal();
  }

  document.addEventListener("keydown", onKey);
  for (const button of document.querySelectorAll("[data-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
  }
})();
