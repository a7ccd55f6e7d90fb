// A suggestion beside a box is taken over with one click; it is saved with the form.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  if (!button) return;
  const box = document.getElementById(button.dataset.take);
  box.value = button.dataset.text;
  box.focus();
});
