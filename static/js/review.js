// What keys.js does not do on the review page: opening "Reject" puts the caret where the reason
// goes, and Escape leaves the editor although one is typing.
"use strict";

(() => {
  const reject = document.querySelector("details.reject");
  reject?.addEventListener("toggle", () => {
    if (reject.open) reject.querySelector("input:not([type=hidden])").focus();
  });

  document.getElementById("edit-form")?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    document.querySelector('[data-key="Escape"]').click();
  });
})();
