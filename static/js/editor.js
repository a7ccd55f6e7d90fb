// The editor: rows added without a round trip, and a word before unsaved typing is left behind.
// Without this script there is one empty row, and each save brings the next.
"use strict";

(() => {
  const form = document.querySelector("form[data-editor]");
  if (!form) return;

  let next = 901; // the empty row that came with the page is number 900
  for (const button of document.querySelectorAll("[data-add-row]")) {
    const template = document.getElementById(button.dataset.addRow);
    const rows = document.getElementById(`${button.dataset.addRow}s`);
    if (!template || !rows) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const row = template.content.firstElementChild.cloneNode(true);
      for (const field of row.querySelectorAll("[name]")) {
        field.name = field.name.replace("new900", `new${next}`);
        field.removeAttribute("id");
      }
      next += 1;
      rows.append(row);
      row.querySelector("input:not([type=hidden])").focus();
    });
  }

  let isChanged = false;
  const bar = form.querySelector("[data-savebar]");
  if (bar) bar.hidden = !document.querySelector("[aria-invalid]");
  form.addEventListener("input", () => {
    isChanged = true;
    if (!bar) return;
    bar.hidden = false;
    bar.querySelector("[data-unsaved]").hidden = false;
  });
  form.addEventListener("submit", () => {
    isChanged = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
})();
