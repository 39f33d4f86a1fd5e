// Undo and redo. What was done is kept as steps that can be written down, so that it outlives the page that saving
// loads: prosemirror-history cannot be stored. Nobody else changes this document, so steps never need rebasing.
import { Plugin, PluginKey, Selection } from "prosemirror-state";
import { Step } from "prosemirror-transform";

const key = new PluginKey("history");
const PAUSE = 500; // ms; who goes on typing sooner goes on with the same event
const MOST = 200; // events that are kept

const EMPTY = { done: [], undone: [], at: 0, range: null };

export const history = (kept = EMPTY) =>
  new Plugin({
    key,
    state: {
      init: () => ({ ...EMPTY, ...kept }),
      apply: (tr, value, old) => tr.getMeta(key) ?? recorded(tr, value, old),
    },
    props: {
      handleDOMEvents: {
        // The browser's own menu and gestures.
        beforeinput: (view, event) => {
          const command = { historyUndo: undo, historyRedo: redo }[event.inputType];
          if (!command) return false;
          event.preventDefault();
          return command(view.state, view.dispatch);
        },
      },
    },
  });

const recorded = (tr, value, old) => {
  if (!tr.docChanged) return tr.selectionSet ? { ...value, at: 0 } : value;
  const event = { steps: inverted(tr), selection: old.selection.toJSON() };
  const goesOn =
    tr.getMeta("appendedTransaction") ||
    (value.done.length > 0 && tr.time - value.at < PAUSE && isBeside(tr, value.range) && !tr.getMeta("uiEvent"));
  const done = goesOn ? joined(value.done, event) : [...value.done, event].slice(-MOST);
  return { done, undone: [], at: tr.time, range: changedRange(tr) };
};

const inverted = (tr) => tr.steps.map((step, place) => step.invert(tr.docs[place]).toJSON()).reverse();

const joined = (done, event) => {
  const last = done.at(-1) ?? event;
  const steps = done.length ? [...event.steps, ...last.steps] : event.steps;
  return [...done.slice(0, -1), { steps, selection: last.selection }];
};

const changedRange = (tr) => {
  let range = null;
  tr.mapping.maps.forEach((map, place) =>
    map.forEach((_from, _to, from, to) => {
      const rest = tr.mapping.slice(place + 1);
      const here = [rest.map(from, -1), rest.map(to, 1)];
      range = range ? [Math.min(range[0], here[0]), Math.max(range[1], here[1])] : here;
    }),
  );
  return range;
};

const isBeside = (tr, range) => {
  if (!range) return false;
  let isClose = false;
  tr.mapping.maps[0].forEach((from, to) => {
    if (from <= range[1] && to >= range[0]) isClose = true;
  });
  return isClose;
};

const step = (from, to) => (state, dispatch) => {
  const value = key.getState(state);
  const event = value[from].at(-1);
  if (!event) return false;
  if (!dispatch) return true;
  const { tr } = state;
  for (const each of event.steps) tr.step(Step.fromJSON(state.schema, each));
  tr.setSelection(selectionOf(tr.doc, event.selection));
  const back = { steps: inverted(tr), selection: state.selection.toJSON() };
  tr.setMeta(key, { ...EMPTY, [from]: value[from].slice(0, -1), [to]: [...value[to], back] });
  dispatch(tr.scrollIntoView());
  return true;
};

const selectionOf = (doc, stored) => {
  try {
    return Selection.fromJSON(doc, stored);
  } catch {
    return Selection.atStart(doc);
  }
};

export const undo = step("done", "undone");
export const redo = step("undone", "done");

// What can be put away, and given to `history` again under the same document.
export const keptHistory = (state) => {
  const { done, undone } = key.getState(state);
  return { done, undone };
};
