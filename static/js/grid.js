// The grid of variants as a spreadsheet: arrows, ranges, copy, paste with a preview, fill down, and
// pages that change while typing is kept. Only what differs from the saved product is sent.
"use strict";

(() => {
  const form = document.querySelector("form[data-editor]");
  const section = () => document.getElementById("variants");
  if (!form || !section()) return;

  const canEdit = Boolean(form.querySelector("[data-savebar]"));
  const dialog = document.getElementById("paste-dialog");
  const FIELDS = "input:not([type=hidden]), select";
  // Typed on pages that are not shown, and what the product was when they were.
  let kept = {};
  let keptBase = {};
  let base = {};
  // The marked range: two corners as [row, column].
  let from = null;
  let to = null;

  // --- Cells -----------------------------------------------------------------------------------

  const rows = () => [...section().querySelectorAll("tr[data-row]")];
  const fieldsOf = (row) => [...row.cells].map((cell) => cell.querySelector(FIELDS)).filter(Boolean);
  const fieldAt = ([row, column]) => fieldsOf(rows()[row] ?? section())[column];
  const valueOf = (field) => (field.type === "checkbox" ? (field.checked ? "1" : "") : field.value);
  const nameOf = (field) => field.name.slice(field.name.lastIndexOf("-") + 1);
  const isNew = (row) => row.dataset.row.startsWith("new");
  const differs = (field) => (base[field.name] ?? null) !== valueOf(field).trim();

  function place(field) {
    const row = field.closest("tr[data-row]");
    return row && [rows().indexOf(row), fieldsOf(row).indexOf(field)];
  }

  function setValue(field, value) {
    if (!field || field.readOnly || field.disabled) return;
    if (field.type === "checkbox") field.checked = value === "1";
    else if (field.matches("select")) {
      if ([...field.options].some((option) => option.value === value)) field.value = value;
    } else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function focusAt(at) {
    const field = fieldAt(at);
    if (!field) return;
    field.focus();
    if (field.select && field.type !== "checkbox") field.select();
  }

  // --- Ranges ----------------------------------------------------------------------------------

  function corners() {
    const [top, bottom] = [from[0], to[0]].sort((a, b) => a - b);
    const [left, right] = [from[1], to[1]].sort((a, b) => a - b);
    return { top, bottom, left, right };
  }

  const isRange = () => from && to && (from[0] !== to[0] || from[1] !== to[1]);

  function marked() {
    const { top, bottom, left, right } = corners();
    return rows()
      .slice(top, bottom + 1)
      .map((row) => fieldsOf(row).slice(left, right + 1));
  }

  function paint() {
    for (const cell of section().querySelectorAll(".is-marked")) cell.classList.remove("is-marked");
    if (!isRange()) return;
    for (const field of marked().flat()) field.closest("td").classList.add("is-marked");
  }

  function extend(at) {
    const last = rows().length - 1;
    const width = fieldsOf(rows()[from[0]]).length - 1;
    to = [Math.min(Math.max(at[0], 0), last), Math.min(Math.max(at[1], 0), width)];
    paint();
  }

  function fillDown() {
    if (!from) return;
    if (!isRange()) {
      const above = fieldAt([from[0] - 1, from[1]]);
      if (above) setValue(fieldAt(from), valueOf(above));
      return;
    }
    const [first, ...others] = marked();
    for (const row of others) row.forEach((field, n) => setValue(field, valueOf(first[n])));
  }

  // A variant changes places with its neighbour; the order is the shop's own only when unsorted.
  function move(step) {
    const all = rows();
    const other = all[from[0] + step];
    if (!other || isNew(other) || isNew(all[from[0]]) || section().querySelector("[aria-sort]")) return;
    const [mine, its] = [all[from[0]], other].map((row) => fieldsOf(row)[0]);
    const [myPlace, itsPlace] = [mine.value, its.value];
    if (step < 0) other.before(all[from[0]]);
    else other.after(all[from[0]]);
    setValue(mine, itsPlace);
    setValue(its, myPlace);
    focusAt([from[0] + step, from[1]]);
  }

  // --- Keys and pointer ------------------------------------------------------------------------

  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0] };

  // Left and right belong to the text until the caret is at its end.
  function isAtEdge(field, step) {
    if (!field.matches("input") || field.type === "checkbox") return true;
    const { selectionStart: start, selectionEnd: end, value } = field;
    if (value && start === 0 && end === value.length) return true;
    return start === end && (step < 0 ? start === 0 : end === value.length);
  }

  function onKey(event) {
    const at = !event.isComposing && place(event.target);
    if (!at) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d" && canEdit) {
      event.preventDefault();
      fillDown();
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && canEdit) {
      event.preventDefault();
      move(STEPS[event.key][0]);
    } else if (event.key === "Escape") {
      to = from;
      paint();
    } else if ((event.key === "Delete" || event.key === "Backspace") && isRange() && canEdit) {
      event.preventDefault();
      for (const field of marked().flat()) if (field.matches("input")) setValue(field, "");
    } else if (STEPS[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) step(event, at);
  }

  function step(event, at) {
    const [down, right] = STEPS[event.key];
    const field = event.target;
    const isEdge = isAtEdge(field, right);
    if (event.shiftKey && event.key !== "Enter") {
      if (right && !isRange() && !isEdge) return;
      event.preventDefault();
      extend([to[0] + down, to[1] + right]);
      return;
    }
    if (down && field.matches("select") && event.key !== "Enter") return; // its own choices
    if (right && !isEdge) return;
    event.preventDefault();
    focusAt([at[0] + down, at[1] + right]);
  }

  function onFocus(event) {
    const at = place(event.target);
    if (!at) return;
    from = at;
    to = at;
    paint();
  }

  function onPointer(event) {
    const field = event.target.closest("td")?.querySelector(FIELDS);
    const at = field && place(field);
    if (!at || !from) return;
    const drags = event.type === "mouseover" && event.buttons === 1 && place(document.activeElement);
    const shifts = event.type === "mousedown" && event.shiftKey;
    if (!drags && !shifts) return;
    if (at[0] === from[0] && at[1] === from[1] && !isRange()) return;
    event.preventDefault();
    window.getSelection()?.removeAllRanges();
    extend(at);
  }

  // --- Copy and paste --------------------------------------------------------------------------

  const quoted = (text) => (/["\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  function onCopy(event) {
    if (!place(event.target) || !isRange()) return;
    const lines = marked().map((row) => row.map((field) => quoted(valueOf(field))).join("\t"));
    event.clipboardData.setData("text/plain", lines.join("\n"));
    event.preventDefault();
  }

  function onPaste(event) {
    const at = place(event.target);
    if (!at || !canEdit || !dialog) return;
    const text = event.clipboardData.getData("text/plain").replaceAll("\r\n", "\n");
    const isTable = /[\t\n]/.test(text.replace(/\n$/, ""));
    if (!isTable && !isRange()) return;
    event.preventDefault();
    if (!isTable) {
      for (const field of marked().flat()) setValue(field, text.trim());
      return;
    }
    const { top, left } = corners();
    preview(text, rows()[top].dataset.row, nameOf(fieldAt([top, left])), false);
  }

  async function preview(text, row, column, adds) {
    const body = new FormData();
    const sent = { what: "paste", rows: text, row, column, adds: adds ? "1" : "" };
    for (const [name, value] of Object.entries(sent)) body.append(name, value);
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    const address = dialog.dataset.url + form.querySelector("[name=grid]").value;
    const shown = dialog.querySelector("[data-shown]");
    const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer || ![200, 422].includes(answer.status)) {
      document.body.dispatchEvent(new CustomEvent(answer ? "htmx:responseError" : "htmx:sendError"));
      return;
    }
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    shown.replaceChildren(document.adoptNode(found.getElementById("preview")));
    shown.querySelector("[data-add-more]")?.addEventListener("click", () => preview(text, row, column, true));
    const cells = JSON.parse(shown.firstElementChild.dataset.cells ?? "{}");
    dialog.querySelector("[data-take]").disabled = !Object.keys(cells).length;
    if (!dialog.open) dialog.showModal();
  }

  // What the preview showed, into the grid: nothing is written before the form is saved.
  function take() {
    const { cells, errors, base: was } = dialog.querySelector("#preview").dataset;
    const wrong = JSON.parse(errors);
    const before = JSON.parse(was);
    const added = {};
    for (const [name, value] of Object.entries(JSON.parse(cells))) {
      const [, id, column] = name.match(/^v-(new\d+|[0-9a-f-]{36})-(\w+)$/) ?? [];
      if (!id) continue;
      if (id.startsWith("new")) added[id] ??= form.addRow("variant-row");
      const row = added[id] ?? rows().find((one) => one.dataset.row === id);
      if (!row) {
        kept[name] = value;
        for (const key of Object.keys(before)) if (key.startsWith(`v-${id}-`)) keptBase[key] = before[key];
        continue;
      }
      const field = row.querySelector(`[name$="-${column}"]`);
      setValue(field, value);
      if (field && wrong[name]) complain(field, wrong[name]);
    }
    dialog.close();
    tell();
    form.dispatchEvent(new Event("input"));
  }

  function complain(field, text) {
    field.classList.add("input--bad");
    field.setAttribute("aria-invalid", "true");
    field.title = text;
  }

  // --- Pages -----------------------------------------------------------------------------------

  // What is typed on this page, out of the way of the next one.
  function stash() {
    for (const row of rows()) {
      const changed = fieldsOf(row).filter(differs);
      const isBlank = isNew(row) && !changed.some((field) => nameOf(field) !== "policy" && valueOf(field));
      if (isBlank || !changed.length) continue;
      for (const field of changed) kept[field.name] = valueOf(field);
      Object.assign(keptBase, baseOf(row));
    }
  }

  function restore() {
    for (const name of Object.keys(kept)) {
      const [, id, column] = name.match(/^v-(new\d+|[0-9a-f-]{36})-(\w+)$/) ?? [];
      if (!id) continue;
      let row = rows().find((one) => one.dataset.row === id);
      if (!row && id.startsWith("new")) {
        row = form.addRow("variant-row");
        row.dataset.row = id;
        for (const field of fieldsOf(row)) field.name = `v-${id}-${nameOf(field)}`;
      }
      if (!row) continue;
      setValue(row.querySelector(`[name$="-${column}"]`), kept[name]);
      delete kept[name];
    }
    tell();
  }

  // How many variants are changed where one does not see them.
  function tell() {
    const note = form.querySelector("[data-kept]");
    if (!note) return;
    const ids = new Set(Object.keys(kept).map((name) => name.slice(0, name.lastIndexOf("-"))));
    note.hidden = !ids.size;
    note.querySelector("b").textContent = ids.size;
  }

  async function go(address) {
    const answer = await fetch(address).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page && page.getElementById("variants");
    if (!fresh) {
      document.body.dispatchEvent(new CustomEvent("htmx:sendError"));
      return;
    }
    stash();
    const names = [...section().querySelectorAll("[name^=option]")].map((field) => [field.name, field.value]);
    const focused = document.activeElement?.getAttribute("name") || document.activeElement?.rel;
    section().replaceWith(document.adoptNode(fresh));
    for (const [name, value] of names) section().querySelector(`[name="${name}"]`).value = value;
    begin();
    history.replaceState(null, "", address);
    (section().querySelector(`[name="${focused}"], [rel="${focused}"]`) ?? section().querySelector(FIELDS))?.focus();
  }

  // --- The form --------------------------------------------------------------------------------

  function send() {
    const was = { ...keptBase };
    for (const row of rows()) {
      if (isNew(row)) continue;
      const same = fieldsOf(row).filter((field) => !differs(field));
      for (const field of same) field.disabled = true;
      if (same.length < fieldsOf(row).length) Object.assign(was, baseOf(row));
    }
    section().querySelector("[data-base]").disabled = true;
    hidden("cells", JSON.stringify(kept));
    hidden("base-rows", JSON.stringify(was));
  }

  const baseOf = (row) =>
    Object.fromEntries(Object.entries(base).filter(([name]) => name.startsWith(`v-${row.dataset.row}-`)));

  function hidden(name, value) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    field.dataset.sent = "";
    form.append(field);
  }

  // Back in the browser shows the page as it was left: with fields disabled.
  function unsend() {
    for (const field of form.querySelectorAll("[data-sent]")) field.remove();
    section().querySelector("[data-base]").disabled = false;
    if (canEdit) for (const field of section().querySelectorAll(FIELDS)) field.disabled = false;
  }

  function begin() {
    base = JSON.parse(section().querySelector("[data-base]").value || "{}");
    const brought = section().querySelector("input[name=cells]");
    if (brought) {
      kept = { ...JSON.parse(brought.value), ...kept };
      brought.remove();
    }
    from = to = null;
    form.showTools();
    for (const tool of section().querySelectorAll("[data-fill-down], [data-grid-hint]")) tool.hidden = !canEdit;
    const filter = section().querySelector("[data-filter-button]");
    if (filter) filter.hidden = true; // each choice shows at once
    restore();
  }

  form.addEventListener("keydown", onKey);
  form.addEventListener("focusin", onFocus);
  form.addEventListener("mousedown", onPointer);
  form.addEventListener("mouseover", onPointer);
  form.addEventListener("copy", onCopy);
  form.addEventListener("paste", onPaste);
  form.addEventListener("submit", send);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) unsend();
  });
  form.addEventListener("input", (event) => {
    const cell = event.target.closest?.("tr[data-row] td");
    if (!cell) return;
    cell.classList.toggle("is-changed", differs(event.target));
    event.target.classList.remove("input--bad");
    event.target.removeAttribute("aria-invalid");
    if (event.target.name.endsWith("-remove")) {
      cell.parentElement.classList.toggle("is-removed", event.target.checked);
    }
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-grid-link]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      go(link.getAttribute("href"));
    }
    if (event.target.closest("[data-fill-down]")) fillDown();
  });
  const filter = document.getElementById("variant-filter");
  const filtered = (event) => {
    event.preventDefault();
    const said = [...new FormData(filter)].filter(([, value]) => value);
    go(`?${new URLSearchParams(said)}`);
  };
  filter?.addEventListener("submit", filtered);
  form.addEventListener("change", (event) => {
    if (event.target.form === filter) filtered(event);
  });
  dialog?.querySelector("[data-take]").addEventListener("click", take);
  dialog?.querySelector("[data-leave]").addEventListener("click", () => dialog.close());
  begin();
})();
