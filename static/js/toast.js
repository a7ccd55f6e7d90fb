// Messages in the corner can be dismissed; a fragment that could not be loaded says so.
"use strict";

(() => {
  const toasts = document.querySelector(".toasts");
  if (!toasts) return;

  for (const button of toasts.querySelectorAll("[data-dismiss]")) button.hidden = false;

  toasts.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
  });

  function say(what) {
    if (toasts.querySelector(`[data-from="${what}"]`)) return;
    const toast = document.getElementById("toast").content.firstElementChild.cloneNode(true);
    toast.dataset.from = what;
    toast.querySelector("span").textContent = toasts.dataset[what];
    toasts.append(toast);
  }

  document.body.addEventListener("htmx:responseError", () => say("failed"));
  document.body.addEventListener("htmx:sendError", () => say("offline"));
  document.body.addEventListener("htmx:afterOnLoad", () => {
    toasts.querySelector('[data-from="offline"]')?.remove();
  });
})();
