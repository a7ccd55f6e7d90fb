// Review keys: each presses the visible control that carries it in data-key.
(() => {
  const typing = (el) => el.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) && event.key !== "Escape") return;
    const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!control) return;
    event.preventDefault();
    control.click();
    const details = control.closest("details");
    if (details) details.querySelector("input:not([type=hidden])")?.focus();
  });
})();
