// Messages in the corner can be dismissed; a fragment that could not be loaded says so.
"use strict";

(() => {
  const toasts = document.querySelector(".toasts");
  if (!toasts) return;

  for (const button of toasts.querySelectorAll("[data-dismiss]")) button.hidden = false;

  toasts.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
  });

  function say(template) {
    const toast = document.getElementById(template).content.firstElementChild;
    if (!toasts.querySelector(`[data-from="${template}"]`)) {
      const shown = toast.cloneNode(true);
      shown.dataset.from = template;
      toasts.append(shown);
    }
  }

  document.body.addEventListener("htmx:responseError", () => say("toast-failed"));
  document.body.addEventListener("htmx:sendError", () => say("toast-offline"));
  document.body.addEventListener("htmx:afterOnLoad", () => {
    toasts.querySelector('[data-from="toast-offline"]')?.remove();
  });
})();
