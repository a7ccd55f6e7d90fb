/* "All" and "None" for a group of checkboxes; without script the buttons are not there. */
for (const box of document.querySelectorAll("[data-ticks]")) {
  const set = (isOn) => {
    for (const tick of box.querySelectorAll("input[type=checkbox]:not(:disabled)")) {
      tick.checked = isOn;
    }
  };
  const all = box.querySelector("[data-ticks-all]");
  const none = box.querySelector("[data-ticks-none]");
  all.hidden = none.hidden = false;
  all.addEventListener("click", () => set(true));
  none.addEventListener("click", () => set(false));
}
