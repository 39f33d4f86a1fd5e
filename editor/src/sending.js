// Files on their way to the site, one request for each: a site in front may take 25 MB, and not twenty times as much.
import { Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { isWordless, learn } from "./pictures.js";
import { schema } from "./schema.js";

const MOST_BYTES = 25 * 1024 * 1024; // newsite/media/reading.py
const waiting = new PluginKey("uploads");

export const nodeOf = (picture) => schema.nodes.picture.create({ "data-picture": String(picture.id) });

// Sends files and says of each that did not come why; gives the pictures that they became. `step` is told how much
// of all is done, from 0 to 1.
export const sender = ({ address, token, words }) => async (files, say, step = () => {}) => {
  const pictures = new Map();
  const sentences = [];
  for (const [place, file] of files.entries()) {
    say([words.sending.replace("{number}", place + 1).replace("{count}", files.length)]);
    if (file.size > MOST_BYTES) {
      sentences.push(`${file.name}: ${words.large}`);
      continue;
    }
    const answer = await sent(address, token(), file, (part) => step((place + part) / files.length));
    for (const each of answer?.pictures ?? []) pictures.set(each.id, each);
    // What was refused before anything was read has no name.
    sentences.push(...(answer?.refused ?? []).map((each) => `${each.name || file.name}: ${each.sentence}`));
    if (!answer) {
      const names = files.slice(place).map((each) => each.name); // the others would not arrive either
      sentences.push(`${names.join(", ")}: ${words.failed}`);
      break;
    }
  }
  const found = [...pictures.values()];
  learn(found);
  if (found.length) sentences.unshift(words.arrived.replace("{count}", found.length));
  say(sentences);
  return found;
};

// What the site answers, or null.
const sent = (address, token, file, step) =>
  new Promise((done) => {
    const request = new XMLHttpRequest(); // fetch tells nothing about how far it is
    const body = new FormData();
    body.append("csrf_token", token);
    body.append("files", file, file.name);
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => step(event.loaded / event.total);
    request.onloadend = () => done(request.response?.pictures ? request.response : null);
    request.send(body);
  });

// Puts the pictures of files where they were dropped, wherever that has moved to meanwhile. `arrived` is called with
// those that nothing is said about, unless somebody went on writing, here or in a dialog.
export const uploads = ({ send, words, say, arrived }) => {
  const take = async (view, files, at) => {
    const id = {};
    const bar = Object.assign(document.createElement("progress"), { max: 1 });
    view.dispatch(view.state.tr.setMeta(waiting, { add: { id, at: besideOf(view.state.doc, at), bar, words: words.pending } }));
    const before = view.state.doc;
    const pictures = await send(files, say, (part) => (bar.value = part));
    if (view.isDestroyed) return;
    const isElsewhere = document.activeElement?.matches("input, textarea, select") || document.querySelector("dialog[open]");
    const isResting = view.state.doc.eq(before) && !isElsewhere;
    finish(view, id, pictures);
    const wordless = pictures.filter(isWordless);
    if (isResting && wordless.length) arrived(view, wordless);
  };
  return { take, plugin: uploadPlugin(take) };
};

// After the paragraph: within it, what is typed beside the bar would be lost.
const besideOf = (doc, at) => {
  const $at = doc.resolve(at);
  return $at.parent.isTextblock ? $at.after() : at;
};

const finish = (view, id, pictures) => {
  const [found] = waiting.getState(view.state).find(undefined, undefined, (spec) => spec.id === id);
  const tr = view.state.tr.setMeta(waiting, { remove: id });
  if (found && pictures.length) {
    const before = view.state.doc.resolve(found.from).nodeBefore;
    const isBlank = before?.type === schema.nodes.paragraph && !before.content.size;
    tr.replaceWith(found.from - (isBlank ? before.nodeSize : 0), found.from, pictures.map(nodeOf));
  }
  view.dispatch(tr);
};

const uploadPlugin = (take) =>
  new Plugin({
    key: waiting,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set) => {
        const { add, remove } = tr.getMeta(waiting) ?? {};
        const moved = set.map(tr.mapping, tr.doc);
        if (add) return moved.add(tr.doc, [Decoration.widget(add.at, () => progress(add), { id: add.id })]);
        return remove ? moved.remove(moved.find(undefined, undefined, (spec) => spec.id === remove)) : moved;
      },
    },
    props: {
      decorations: (state) => waiting.getState(state),
      handlePaste: (view, event) => {
        // Word puts a picture of its words beside them: words are what was meant.
        const isText = ["text/html", "text/plain"].some((type) => event.clipboardData?.types.includes(type));
        return !isText && taken(view, event.clipboardData, view.state.selection.from, take);
      },
      handleDrop: (view, event) => {
        const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos;
        const isTaken = taken(view, event.dataTransfer, at ?? view.state.selection.from, take);
        if (isTaken) event.preventDefault();
        return isTaken;
      },
    },
  });

const taken = (view, transfer, at, take) => {
  const files = [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  if (files.length) take(view, files, at);
  return files.length > 0;
};

const progress = ({ bar, words }) => {
  const place = document.createElement("p");
  place.className = "sending";
  place.append(words, bar);
  bar.setAttribute("aria-label", words);
  return place;
};
