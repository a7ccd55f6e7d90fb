// The editor: rows added without a round trip, and a word before unsaved typing is left behind.
// Without this script there is one empty row, and each save brings the next.
"use strict";

(() => {
  const form = document.querySelector("form[data-editor]");
  if (!form) return;

  let next = 901; // the empty row that came with the page is number 900

  // Also for the grid, which adds rows that were pasted.
  form.addRow = (name) => {
    const template = document.getElementById(name);
    const rows = document.getElementById(`${name}s`);
    if (!template || !rows) return null;
    const row = template.content.firstElementChild.cloneNode(true);
    if (row.dataset.row) row.dataset.row = `new${next}`;
    for (const field of row.querySelectorAll("[name]")) {
      field.name = field.name.replace("new900", `new${next}`);
      field.removeAttribute("id");
    }
    next += 1;
    rows.append(row);
    return row;
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (button) form.addRow(button.dataset.addRow)?.querySelector("input:not([type=hidden])").focus();
  });

  // A page of the grid that comes later brings its own button.
  form.showTools = () => {
    for (const button of form.querySelectorAll("[data-add-row]")) {
      button.hidden = !document.getElementById(button.dataset.addRow);
    }
  };
  form.showTools();

  let isChanged = false;
  const bar = form.querySelector("[data-savebar]");
  if (bar) bar.hidden = !document.querySelector("[aria-invalid]");
  form.addEventListener("input", (event) => {
    if (event.target.form && event.target.form !== form) return; // the filter of the grid
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
