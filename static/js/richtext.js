// A description is edited as it is read. What this page may hold is the server's list; whatever is
// outside of it is dropped here as there. Untouched text goes back byte for byte.
"use strict";

(() => {
  const allowed = (root) => new Set(root.dataset.tags.split(" "));
  const KEPT = { a: ["href", "title"], td: ["colspan"], th: ["colspan", "scope"] };
  const SAFE = /^(https?:|mailto:|tel:|[^:]*$)/i;

  // A copy of the children with nothing in it but allowed tags; others give way to their content.
  function cleaned(source, tags) {
    const target = document.createDocumentFragment();
    for (const node of source.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) target.append(node.data);
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const name = node.localName;
      if (["script", "style", "template", "title", "head", "iframe", "object"].includes(name)) continue;
      const inside = cleaned(node, tags);
      if (!tags.has(name)) {
        target.append(inside);
        continue;
      }
      const element = document.createElement(name);
      for (const attribute of KEPT[name] ?? []) {
        const value = node.getAttribute(attribute);
        if (value !== null && (attribute !== "href" || SAFE.test(value.trim()))) element.setAttribute(attribute, value);
      }
      element.append(inside);
      target.append(element);
    }
    return target;
  }

  function htmlOf(source, tags) {
    const holder = document.createElement("div");
    holder.append(cleaned(source, tags));
    return holder.innerHTML;
  }

  // Handlers and styles are dropped anyway; taken out before, the browser need not complain of them.
  function parsed(html) {
    const tame = html.replace(/<[^>]*>/g, (tag) => tag.replace(/\s(?:on\w+|style)\s*=/gi, " data-dropped="));
    return new DOMParser().parseFromString(tame, "text/html").body;
  }

  function begin(root) {
    const view = root.querySelector("[data-view]");
    const source = root.querySelector("textarea");
    const tools = root.querySelector("[data-tools]");
    const link = tools.querySelector("[data-link]");
    const tags = allowed(root);
    let range = null;

    // Written on every change, so that a save by any way sends it.
    function write() {
      const isEmpty = !view.textContent.trim() && !view.querySelector("hr, table");
      source.value = isEmpty ? "" : htmlOf(view, tags);
      view.classList.toggle("is-empty", isEmpty);
      source.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function run(command, value) {
      view.focus();
      document.execCommand("styleWithCSS", false, false);
      document.execCommand(command, false, value);
      write();
    }

    function paste(event) {
      event.preventDefault();
      const html = event.clipboardData.getData("text/html");
      if (!html) {
        document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
        return;
      }
      document.execCommand("insertHTML", false, htmlOf(parsed(html), tags));
    }

    function act(name) {
      if (name === "link") {
        const selection = window.getSelection();
        range = selection.rangeCount && view.contains(selection.anchorNode) ? selection.getRangeAt(0) : null;
        link.hidden = !link.hidden;
        if (!link.hidden) link.focus();
      } else if (name === "h3") {
        const isHead = document.queryCommandValue("formatBlock") === "h3";
        run("formatBlock", isHead ? "p" : "h3");
      } else run(name);
    }

    function useLink() {
      link.hidden = true;
      if (range) {
        const selection = window.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
      }
      const address = link.value.trim();
      link.value = "";
      if (!address) run("unlink");
      else if (SAFE.test(address)) run("createLink", address);
    }

    view.contentEditable = "true";
    view.setAttribute("role", "textbox");
    view.setAttribute("aria-multiline", "true");
    view.tabIndex = 0;
    view.classList.toggle("is-empty", !view.textContent.trim());
    tools.hidden = false;
    root.querySelector("details").open = false;
    document.execCommand("defaultParagraphSeparator", false, "p");
    view.addEventListener("input", write);
    view.addEventListener("paste", paste);
    view.addEventListener("drop", (event) => event.preventDefault());
    tools.addEventListener("mousedown", (event) => {
      if (event.target.closest("[data-do]")) event.preventDefault(); // the selection stays
    });
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) act(button.dataset.do);
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      useLink();
    });
    // The source shows at once in the view; what it may not hold is gone there already.
    source.addEventListener("change", () => {
      view.replaceChildren(cleaned(parsed(source.value), tags));
      view.classList.toggle("is-empty", !view.textContent.trim());
    });
    root.closest(".field").querySelector("label")?.addEventListener("click", (event) => {
      event.preventDefault();
      view.focus();
    });
  }

  for (const root of document.querySelectorAll("[data-rich]")) begin(root);
})();
