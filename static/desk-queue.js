// Keys for the queue of replies, and for the page of one. Everything they do, a button or a link on the page does too; see the dialog “Keys”.
"use strict";

(() => {
  const OFF = "newsite.keys"; // in the browser's storage: "off" where somebody wants none
  const PLACE = "newsite.queue"; // for this tab: which reply of the list was decided about
  const BUTTONS = { a: "approve", s: "spam", t: "trash", l: "leave" };
  const rows = [...document.querySelectorAll(".queue > li")];
  const dialog = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  const isOn = document.getElementById("keys-on");

  // Storage may be forbidden: then keys are on, and the list begins at its top.
  const kept = (storage, name) => {
    try {
      return window[storage].getItem(name);
    } catch {
      return null;
    }
  };
  const keep = (storage, name, value) => {
    try {
      window[storage].setItem(name, value);
    } catch {
      // nothing depends on it
    }
  };

  // On a page of its own a reply need not be chosen first.
  const isAlone = Boolean(document.querySelector(".queue[data-alone]"));
  const current = () =>
    isAlone ? 0 : rows.findIndex((row) => row.contains(document.activeElement));
  const show = (place) => {
    const row = rows[Math.max(0, Math.min(place, rows.length - 1))];
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  const press = (place, selector) => rows[place]?.querySelector(selector)?.click();

  const deeds = {
    j: () => show(current() + 1),
    k: () => show(current() - 1),
    r: () => press(current(), ".actions > a"),
    o: () => press(current(), "a[data-one]"),
    u: () => document.querySelector(".notice form button")?.click(),
    "?": () => dialog.showModal(),
  };
  for (const [key, decision] of Object.entries(BUTTONS)) {
    deeds[key] = () => press(current(), `button[value^="${decision} "]`);
  }

  const isTyping = (element) =>
    element.closest("textarea, select, dialog, [contenteditable], input:not([type=checkbox])");

  document.addEventListener("keydown", (event) => {
    const deed = Object.hasOwn(deeds, event.key) ? deeds[event.key] : undefined;
    const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);
    if (!deed || !isPlain || isTyping(event.target) || (!isOn.checked && event.key !== "?")) return;
    event.preventDefault();
    if (!event.repeat || "jk".includes(event.key)) deed(); // a key held down decides once
  });

  for (const row of rows) row.tabIndex = -1; // takes the focus from a key, is no stop for Tab
  document.getElementById("queue")?.addEventListener("submit", () => {
    if (current() >= 0) keep("sessionStorage", PLACE, String(current()));
  });
  isOn.checked = kept("localStorage", OFF) !== "off";
  isOn.addEventListener("change", () => keep("localStorage", OFF, isOn.checked ? "on" : "off"));
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());

  const place = kept("sessionStorage", PLACE);
  if (place && document.querySelector(".notice")) show(Number(place));
  keep("sessionStorage", PLACE, "");
})();
