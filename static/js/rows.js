// The rows of the product list: walking through them by key, variants below a row, editing a cell.
// Without this script each row is a link to the editor, which does all of it.
"use strict";

(() => {
  const table = document.getElementById("listing");
  const page = new URLSearchParams(location.search);

  // Menus whose form is fetched when they are opened.
  for (const menu of document.querySelectorAll("details[data-fetch]")) {
    menu.addEventListener("toggle", () => {
      if (!menu.open || menu.dataset.fetched) return;
      menu.dataset.fetched = "1";
      const box = menu.querySelector(".menu__box");
      htmx.ajax("GET", `${menu.dataset.fetch}?${page}`, { target: box, swap: "innerHTML" });
    });
  }

  document.addEventListener("htmx:load", (event) => {
    for (const button of event.detail.elt.querySelectorAll?.("[data-move]") ?? []) button.hidden = false;
  });

  // A kind of fact is added to the filters once; the order of columns is that of their boxes.
  document.addEventListener("click", (event) => {
    const kind = event.target.closest("[data-fact]");
    if (kind) kind.hidden = true;
    const move = event.target.closest("[data-move]");
    if (!move) return;
    const one = move.closest(".colpick");
    if (move.dataset.move === "1") one.nextElementSibling?.after(one);
    else if (one.previousElementSibling?.matches(".colpick")) one.previousElementSibling.before(one);
    move.focus();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "fact-fields") return;
    const added = event.target.lastElementChild;
    added.scrollIntoView({ block: "nearest" });
    added.querySelector("input, select")?.focus();
  });

  // One message of a saved cell at a time, gone after a while; the changes page can undo later.
  const BRIEF_MS = 12000;
  document.addEventListener("htmx:oobAfterSwap", () => {
    const brief = [...document.querySelectorAll(".toast[data-brief]")];
    const last = brief.pop();
    for (const toast of brief) toast.remove();
    if (last) setTimeout(() => last.matches(":hover, :focus-within") || last.remove(), BRIEF_MS);
  });

  if (!table) return;
  const body = table.tBodies[0];
  const EDIT = "[data-celledit]";
  const VALUE = `${EDIT} [name=value]`;
  const fields = [...table.tHead.rows[0].cells].map((cell) => cell.dataset.field ?? "");
  const link = (row) => row.querySelector("th > a");
  const rows = () => [...body.children].filter((row) => !row.matches(".vs"));
  const rowOf = (element) => element.closest("#listing > tbody > tr:not(.vs)");

  // What says "3 variants" becomes the button that shows them.
  for (const words of body.querySelectorAll("th > u")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "v";
    button.textContent = words.textContent;
    button.setAttribute("aria-expanded", "false");
    words.replaceWith(button);
  }

  function unfold(row, open) {
    const button = row.querySelector("button.v");
    if (!button || (button.getAttribute("aria-expanded") === "true") === open) return;
    button.setAttribute("aria-expanded", String(open));
    if (!open) return row.nextElementSibling.remove();
    const below = document.createElement("tr");
    below.className = "vs";
    row.after(below);
    const address = `${link(row).getAttribute("href")}below/?n=${table.dataset.columns}`;
    htmx.ajax("GET", address, { target: below, swap: "outerHTML" });
  }

  // Editing: the form lies over its cell, which is drawn anew once it is saved.
  function addressOf(cell) {
    if (cell.dataset.cell) return cell.dataset.cell;
    const row = rowOf(cell);
    const field = row && fields[cell.cellIndex];
    if (!field || (row.querySelector("button.v, th > u") && /price|stock/.test(field))) return "";
    return `${link(row).getAttribute("href")}cell/${field}/`;
  }

  function focusOn(input) {
    input?.focus();
    input?.select?.();
  }

  function edit(cell) {
    if (!table.querySelector("[data-select-page]") || cell.querySelector(EDIT)) return false;
    const address = addressOf(cell);
    if (!address) return false;
    const name = cell.matches("th") ? link(cell.parentNode).id : "";
    const query = new URLSearchParams({ link: name, most: table.dataset.most });
    htmx
      .ajax("GET", `${address}?${query}`, { target: cell, swap: "beforeend" })
      .then(() => focusOn(cell.querySelector(VALUE)));
    return true;
  }

  function leave(form) {
    const row = form.closest("tr");
    form.remove();
    link(row)?.focus();
  }

  // A form that was refused stays and says why. After a save the keyboard is in the row again.
  let next = null;
  body.addEventListener("submit", (event) => {
    if (!event.target.matches(EDIT)) return;
    const cell = event.target.closest("td, th");
    next = { row: cell.parentNode, at: cell.cellIndex, on: next?.on };
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, xhr } = event.detail;
    if (!elt.matches?.(EDIT) || xhr.status !== 200) return;
    const cell = elt.closest("td, th");
    event.detail.target = cell.matches("th") ? link(cell.parentNode) : cell;
    elt.dataset.saved = "";
    setTimeout(() => elt.remove()); // it is still needed to tell where the message goes
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!next || event.detail.requestConfig?.verb !== "post") return;
    const { row, at, on } = next;
    next = null;
    const refused = row.querySelector(`${EDIT}:not([data-saved]) [name=value]`);
    if (refused) return focusOn(refused);
    if (on && editNext(row, at, on)) return;
    link(row)?.focus();
  });

  function editNext(row, at, step) {
    for (let i = at + step; i >= 0 && i < row.cells.length; i += step) {
      if (edit(row.cells[i])) return true;
    }
    return false;
  }

  body.addEventListener("click", (event) => {
    if (event.target.closest("[data-leave]")) return leave(event.target.closest("form"));
    const button = event.target.closest("button.v");
    if (button) return unfold(rowOf(button), button.getAttribute("aria-expanded") !== "true");
    if (event.target.closest(`a, button, input, select, ${EDIT}`)) return;
    const cell = event.target.closest("td");
    if (!cell || edit(cell)) return;
    // Of several variants each has its own price and stock: they are shown to be edited.
    if (rowOf(cell) && /price|stock/.test(fields[cell.cellIndex])) unfold(rowOf(cell), true);
  });
  body.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("th");
    if (cell && !event.target.closest(`a, button, input, ${EDIT}`)) edit(cell);
  });

  function inForm(event) {
    const form = event.target.closest(EDIT);
    if (!form) return false;
    if (event.key === "Escape") leave(form);
    else if (event.key === "Tab" && event.target.matches("[name=value]")) {
      event.preventDefault();
      next = { on: event.shiftKey ? -1 : 1 };
      form.requestSubmit();
    }
    return true;
  }

  function step(row, by) {
    const all = rows();
    const at = row ? all.indexOf(row) + by : by > 0 ? 0 : all.length - 1;
    const to = all[Math.min(Math.max(at, 0), all.length - 1)];
    link(to).focus();
    to.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (inForm(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (document.querySelector("dialog[open], details.menu[open]")) return;
    const row = rowOf(event.target);
    const box = row?.querySelector("[name=ids]");
    if (event.key === "j") step(row, 1);
    else if (event.key === "k") step(row, -1);
    else if (!row) return;
    else if (event.key === "ArrowRight") unfold(row, true);
    else if (event.key === "ArrowLeft") unfold(row, false);
    else if (event.key === "e") edit(row.querySelector("th"));
    else if (event.key.toLowerCase() === "x" && box) {
      box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
    } else return;
    event.preventDefault();
  });
})();
