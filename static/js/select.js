// Selecting rows of a list: the bar shows while something is selected, and says how much.
// Without this script every checkbox and button works; the bar is then always there.
"use strict";

(() => {
  for (const form of document.querySelectorAll("form[data-select]")) {
    const rows = [...form.querySelectorAll('input[name="ids"]')];
    const page = form.querySelector("[data-select-page]");
    const bar = form.querySelector("[data-select-bar]");
    const all = form.querySelector("[data-select-all]");
    if (!bar || !page) continue;

    const show = () => {
      const n = rows.filter((row) => row.checked).length;
      bar.querySelector("[data-select-n]").textContent = n;
      bar.hidden = n === 0 && !(all && all.checked);
      page.checked = n === rows.length;
      page.indeterminate = n > 0 && n < rows.length;
      for (const row of rows) {
        row.closest("tr").setAttribute("aria-selected", String(row.checked));
      }
    };

    let last = null;
    form.addEventListener("click", (event) => {
      const at = rows.indexOf(event.target);
      if (at < 0) return;
      if (event.shiftKey && last !== null) {
        const [from, to] = [Math.min(last, at), Math.max(last, at)];
        for (const row of rows.slice(from, to + 1)) row.checked = event.target.checked;
      }
      last = at;
    });
    form.addEventListener("change", (event) => {
      if (event.target === page) for (const row of rows) row.checked = page.checked;
      if (event.target === all && all.checked) for (const row of rows) row.checked = true;
      if (rows.includes(event.target) && !event.target.checked && all) all.checked = false;
      show();
    });
    form.addEventListener("reset", () => setTimeout(show));
    window.addEventListener("pageshow", show); // going back restores the boxes
    show();
  }
})();
