// Proposals for the rule's text: what could stand at the caret, chosen by keyboard or pointer.
// Without this script the text is typed whole; what is wrong and what is meant is shown anyway.
"use strict";

(() => {
  const DELAY_MS = 150;
  let timer = 0;
  let asked = 0; // the newest question; answers to older ones are dropped
  let chosen = -1;

  const field = () => document.getElementById("rule");
  const list = () => document.getElementById("suggestions");
  const options = () => [...list().querySelectorAll("[role=option]")];
  const isOpen = () => Boolean(list()) && !list().hidden;
  const headers = () => JSON.parse(document.body.getAttribute("hx-headers"));

  async function ask() {
    const text = field();
    if (!text) return;
    asked += 1;
    const mine = asked;
    const body = new URLSearchParams({ rule: text.value, caret: text.selectionStart });
    const address = document.getElementById("builder").dataset.suggest;
    const answer = await fetch(address, { method: "POST", body, headers: headers() }).catch(() => null);
    if (!answer?.ok || mine !== asked || !list()) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    list().replaceChildren(...[...found.body.children].map((one) => document.adoptNode(one)));
    show(options().length > 0);
  }

  function show(isShown) {
    list().hidden = !isShown;
    choose(isShown ? 0 : -1);
  }

  function choose(n) {
    const all = options();
    chosen = n < 0 || !all.length ? -1 : (n + all.length) % all.length;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) field().removeAttribute("aria-activedescendant");
    else {
      field().setAttribute("aria-activedescendant", all[chosen].id);
      all[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  function take(option) {
    const text = field();
    const start = Number(option.dataset.start);
    text.setRangeText(option.dataset.text, start, start + Number(option.dataset.length), "end");
    show(false);
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function onKey(event) {
    if (event.target !== field() || event.isComposing) return;
    if (event.ctrlKey && event.key === " ") {
      event.preventDefault();
      ask();
      return;
    }
    if (!isOpen()) return;
    if (event.key === "Escape") show(false);
    else if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? options().length - 1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) take(options()[chosen]);
    else return;
    event.preventDefault();
  }

  // While a word is being typed, proposals come by themselves; elsewhere only when asked for.
  function onInput(event) {
    if (event.target !== field() || !event.isTrusted) return;
    clearTimeout(timer);
    const before = event.target.value.slice(0, event.target.selectionStart);
    if (/[\w']{2}$/.test(before)) timer = setTimeout(ask, DELAY_MS);
    else {
      asked += 1;
      if (isOpen()) show(false);
    }
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("input", onInput);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.("#suggestions [role=option]");
    if (!option) return;
    event.preventDefault();
    take(option);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target === field() && isOpen()) show(false);
  });
})();
