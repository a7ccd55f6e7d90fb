// What keys.js does not do on the review page: a decision that wants a reason puts the caret there
// when it opens, and Escape leaves the editor although one is typing.
"use strict";

(() => {
  for (const decision of document.querySelectorAll("details.decide")) {
    decision.addEventListener("toggle", () => {
      if (decision.open) decision.querySelector("input:not([type=hidden])").focus();
    });
  }

  document.getElementById("edit-form")?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    document.querySelector('[data-key="Escape"]').click();
  });
})();
