// Changing the theme keeps the page as it is, with what was typed into it: the form is sent beside
// it. Without this script the form is posted and the page comes back in the new theme.
"use strict";

document.addEventListener("submit", async (event) => {
  const chosen = event.submitter;
  if (chosen?.name !== "theme") return;
  event.preventDefault();
  const data = new FormData(event.target, chosen);
  const answer = await fetch(event.target.action, {
    method: "POST",
    body: data,
    headers: { Accept: "application/json" },
  });
  if (!answer.ok) return;
  const { theme, next, label } = await answer.json();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("button[name=theme]")) {
    if (button.closest(".switch")) {
      if (button.value === theme) button.setAttribute("aria-pressed", "true");
      else button.removeAttribute("aria-pressed");
    } else {
      button.value = next;
      button.title = label;
      button.setAttribute("aria-label", label);
    }
  }
});
