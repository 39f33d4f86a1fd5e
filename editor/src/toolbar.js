// The toolbar: one stop for Tab, arrows within it, and each button says whether it is on and whether it can be pressed.
import { isInTable } from "prosemirror-tables";
import { commands, pictureAt } from "./commands.js";

// Groups that are there while the cursor is in such a thing, by their `data-in`.
const INSIDE = { table: isInTable, picture: (state) => !!pictureAt(state) };

export const toolbar = (element, view, opens) => {
  const buttons = [...element.querySelectorAll("button[data-do]")];
  const groups = [...element.querySelectorAll("[data-in]")];

  const show = () => {
    const { state } = view;
    for (const group of groups) group.hidden = !INSIDE[group.dataset.in](state);
    for (const button of buttons) {
      const command = commands[button.dataset.do];
      if (command?.isOn) button.setAttribute("aria-pressed", String(command.isOn(state)));
      // Not `disabled`: the focus would be lost from a button that has just been used up.
      if (command) button.setAttribute("aria-disabled", String(!command.run(state)));
    }
  };

  const reachable = () => buttons.filter((button) => !button.closest("[hidden]"));
  const stop = (chosen) => {
    for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1;
  };
  const go = (event) => {
    const list = reachable();
    const here = list.indexOf(document.activeElement);
    const isBackwards = getComputedStyle(element).direction === "rtl";
    const step = { ArrowRight: isBackwards ? -1 : 1, ArrowLeft: isBackwards ? 1 : -1 }[event.key];
    const ends = { Home: 0, End: list.length - 1 };
    if (event.key === "Escape") view.focus();
    else if (step) list.at((here + step) % list.length).focus();
    else if (event.key in ends) list[ends[event.key]].focus();
    else return;
    event.preventDefault();
  };

  const ending = new AbortController(); // the element stays, and the next text has its own view
  const hear = (name, handler) => element.addEventListener(name, handler, { signal: ending.signal });
  hear("keydown", go);
  hear("focusin", (event) => stop(event.target.closest("button")));
  hear("mousedown", (event) => event.preventDefault()); // the text keeps its selection
  hear("click", (event) => {
    const name = event.target.closest("button[data-do]")?.dataset.do;
    if (!name) return;
    if (opens[name]) return opens[name](view.state, view.dispatch, view);
    commands[name].run(view.state, view.dispatch, view);
    const isByKey = event.detail === 0;
    if (!isByKey) view.focus();
    else if (document.activeElement.closest("[hidden]")) reachable()[0].focus();
  });
  stop(buttons[0]);
  show();
  return {
    show,
    focus: () => (buttons.find((button) => button.tabIndex === 0 && !button.closest("[hidden]")) ?? reachable()[0]).focus(),
    end: () => ending.abort(),
  };
};
