// The undo history of the last few texts in this tab, so that saving, which loads the page anew, forgets nothing.
// It is the browser's, ends with the tab, and is found again by the text that it belongs to.
import { Node } from "prosemirror-model";
import { keptHistory } from "./history.js";
import { written } from "./html.js";
import { schema } from "./schema.js";

const NAME = "newsite.editor";
const TEXTS = 5;
const MOST_CHARS = 1_000_000; // browsers give a site about five million

const all = () => {
  try {
    return JSON.parse(sessionStorage.getItem(NAME)) ?? [];
  } catch {
    return []; // forbidden, or not ours
  }
};

export const remember = (state) => {
  const history = keptHistory(state);
  const text = written(state.doc);
  const others = all().filter((each) => each.text !== text);
  const mine = history.done.length + history.undone.length ? [{ text, doc: state.doc.toJSON(), ...history }] : [];
  let list = [...mine, ...others].slice(0, TEXTS);
  while (list.length && JSON.stringify(list).length > MOST_CHARS) list = list.slice(0, -1);
  try {
    sessionStorage.setItem(NAME, JSON.stringify(list));
  } catch {
    // then undo begins anew
  }
};

// {doc, done, undone} of this text, or null.
export const recalled = (text) => {
  const found = all().find((each) => each.text === text);
  try {
    return found ? { ...found, doc: Node.fromJSON(schema, found.doc) } : null;
  } catch {
    return null; // written by an older editor
  }
};
