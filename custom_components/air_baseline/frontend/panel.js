// A dialog over the card, whose content the updates of the card do not touch.

import { html } from "./dom.js";

/** Open a dialog; `closed` is called in the end. */
export function openPanel(root, hass, title, closed = () => {}) {
  const heading = html("h2", "", { tabindex: "-1" }, title);
  const body = html("div", "panel-body");
  const status = html("p", "panel-status", { role: "status" });
  const close = html("button", "close", { type: "button" }, hass.localize("ui.common.close"));
  const foot = html("div", "foot", {}, close);
  const dialog = html("dialog", "panel", { "aria-label": title }, heading, status, body, foot);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed();
  });
  root.append(dialog);
  dialog.showModal();
  return {
    show(...children) {
      body.replaceChildren(...children.filter(Boolean));
      dialog.scrollTop = 0;
    },
    title(words) {
      heading.textContent = words;
      dialog.setAttribute("aria-label", words);
    },
    /** Say something, with an element after it. */
    say(words, element) {
      status.replaceChildren(...[words, element].filter(Boolean));
    },
    focus: () => heading.focus(),
    close: () => dialog.close(),
    get open() {
      return dialog.isConnected;
    },
  };
}

/** Return a button that calls `pressed`, and cannot be pressed again until that is over. */
export function button(words, pressed, className = "", attributes = {}) {
  const element = html("button", `act ${className}`.trim(), { type: "button", ...attributes }, words);
  element.addEventListener("click", async () => {
    if (element.disabled) return;
    element.disabled = true;
    try {
      await pressed();
    } finally {
      element.disabled = false;
    }
  });
  return element;
}
