// Pictures of a product change places by their arrows or by dragging; the numbers follow, and the
// form saves them. Without this script the numbers are typed.
"use strict";

(() => {
  const form = document.querySelector("form[data-pictures]");
  const list = form?.querySelector("ol");
  if (!list || !list.querySelector("[data-move]")) return;

  const pictures = () => [...list.querySelectorAll("[data-picture]")];
  let dragged = null;

  function number() {
    pictures().forEach((picture, n) => {
      picture.querySelector('[name^="position-"]').value = n + 1;
    });
    form.querySelector("[data-moved]").hidden = false;
  }

  function place(picture, before) {
    if (before === picture) return;
    list.insertBefore(picture, before);
    number();
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const picture = button.closest("[data-picture]");
    const forward = button.dataset.move === "-1";
    const other = forward ? picture.previousElementSibling : picture.nextElementSibling;
    if (!other) return;
    place(picture, forward ? other : other.nextElementSibling);
    button.focus();
  });

  for (const picture of pictures()) {
    for (const button of picture.querySelectorAll("[data-move]")) button.hidden = false;
    // Only by the picture itself: text in its fields must stay selectable.
    const handle = picture.firstElementChild;
    handle.draggable = true;
    handle.addEventListener("dragstart", (event) => {
      dragged = picture;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    picture.addEventListener("dragover", (event) => {
      if (dragged) event.preventDefault();
    });
    picture.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      const box = picture.getBoundingClientRect();
      const isBehind = event.clientX > box.left + box.width / 2;
      place(dragged, isBehind ? picture.nextElementSibling : picture);
      dragged = null;
    });
    picture.addEventListener("dragend", () => {
      dragged = null;
    });
  }
})();
