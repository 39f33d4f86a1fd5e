// The editor of the desk. It stands over the form's textarea, which it keeps in step, and which stays what is sent;
// where anything goes wrong here, the textarea is shown again, as it was.
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { EditorState, NodeSelection } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { words as wordCount } from "./counting.js";
import { equipped } from "./equipment.js";
import { history } from "./history.js";
import { lostOf, parsed, written } from "./html.js";
import { keys, shortcuts } from "./keys.js";
import { lead } from "./lead.js";
import { pastedAddress } from "./links.js";
import { recalled, remember } from "./memory.js";
import { cleaned } from "./paste.js";
import { recall } from "./pictures.js";
import { goTo, wantedOf } from "./places.js";
import { toolbar } from "./toolbar.js";
import { nodeViews } from "./views.js";

const STEP = 200; // ms after a change in which the textarea follows
const GAP = 8; // px between what is typed and the toolbar that sticks over it
const find = (id) => document.getElementById(id);

const begin = () => {
  const form = find("editor");
  const source = form?.elements.body;
  const sheet = find("sheet");
  if (!source || !sheet) return;
  const field = source.closest(".field");
  const label = field.querySelector("label");
  const notice = find("sheet-kept");
  const formats = [...form.querySelectorAll("[name=body_format]")];
  const isHtml = () => form.querySelector("[name=body_format]:checked")?.value === "html";
  let editor = null;
  const tools = equipped(form, sheet, () => {
    editor?.redraw();
    above.show();
  });
  const above = lead(form, { ...tools, address: sheet.dataset.pictures });

  const open = (isForced) => {
    if (editor) return;
    try {
      const lost = isForced ? [] : lostOf(source.value);
      if (lost.length) return kept(lost.join(", "));
      editor = mounted(form, source, sheet, tools);
      notice.hidden = true;
      shown(true);
    } catch (error) {
      kept("");
      reportError(error);
    }
  };
  // The text stays in its textarea, and the page says why: what would be lost, or that it cannot be opened at all.
  const kept = (lost) => {
    sheet.hidden = true;
    sheet.querySelector("[data-page]").replaceChildren();
    notice.hidden = false;
    notice.querySelector("[data-lost]").textContent = lost;
    for (const each of notice.querySelectorAll("[data-when]")) each.hidden = (each.dataset.when === "lost") !== !!lost;
  };
  const close = () => {
    editor?.end();
    editor = null;
    notice.hidden = true;
    shown(false);
  };
  const shown = (isEditor) => {
    sheet.hidden = !isEditor;
    field.hidden = isEditor;
    if (isEditor) label.removeAttribute("for"); // the text has its name now
    else label.htmlFor = source.id;
    for (const each of form.querySelectorAll("[data-plain]")) each.hidden = isEditor;
    find("sheet-open").hidden = isEditor || !isHtml();
  };

  // What is written as Markdown is nobody's to convert but a button's.
  const isEmpty = () => !source.value.trim();
  if (isEmpty() && sheet.dataset.new) formats.forEach((each) => (each.checked = each.value === "html"));
  for (const each of formats) each.addEventListener("change", () => (isHtml() && isEmpty() ? open() : close()));
  notice.querySelector("button").addEventListener("click", () => open(true));
  find("sheet-open").addEventListener("click", () => {
    open();
    editor?.view.focus();
  });
  sheet.querySelector("[data-do=source]").addEventListener("click", () => {
    close();
    source.focus();
  });
  // What is said over the form about its errors leads to the text, wherever it is.
  document.addEventListener("click", (event) => {
    if (editor && event.target.closest?.(`a[href="#${source.id}"]`)) {
      event.preventDefault();
      editor.view.focus();
    }
  });
  if (isHtml()) open();
  const wanted = wantedOf(location.href);
  const arrive = () => (editor ? goTo(editor.view, wanted.words) : select(source, wanted.words));
  // Browsers look for the place themselves until the page is loaded, and take the focus from what they do not find.
  if (wanted.isBody) addEventListener("load", () => setTimeout(arrive));
};

const select = (source, words) => {
  const at = words ? source.value.indexOf(words) : -1;
  if (at >= 0) source.setSelectionRange(at, at + words.length);
  source.focus();
};

const mounted = (form, source, sheet, tools) => {
  const { dataset } = sheet;
  const { opens, upload, say } = tools;
  const bar = sheet.querySelector("[role=toolbar]");
  const views = () => nodeViews({ picture: dataset.picture, caption: dataset.caption, wordless: dataset.wordless }, tools.describeIn);
  let shelf = null; // the toolbar, once there is a text to use it on
  const elsewhere = {
    ...opens,
    toolbar: (state, dispatch) => {
      if (dispatch) shelf.focus();
      return true;
    },
  };
  const plugins = (kept) => [
    upload.plugin,
    shortcuts(),
    ...keys(elsewhere),
    history(kept),
    dropCursor({ color: false, class: "drop" }),
    gapCursor(),
    tableEditing(),
  ];
  const begun = () => {
    const doc = parsed(source.value);
    const kept = recalled(written(doc));
    return EditorState.create({ doc: kept?.doc ?? doc, plugins: plugins(kept ?? undefined) });
  };

  let timer = 0;
  let isOurs = false;
  const follow = () => {
    clearTimeout(timer);
    if (!timer) return;
    timer = 0;
    const text = written(view.state.doc);
    if (text === source.value) return;
    source.value = text;
    isOurs = true;
    source.dispatchEvent(new Event("input", { bubbles: true }));
    isOurs = false;
    count();
  };
  const count = () => {
    const number = wordCount(view.state.doc);
    const minutes = Math.max(1, Math.round(number / Number(dataset.speed)));
    const words = { words: number.toLocaleString(document.documentElement.lang), minutes };
    sheet.querySelector("[data-count]").textContent = dataset.count.replace(/\{(\w+)\}/g, (_, name) => words[name]);
  };

  const view = new EditorView(sheet.querySelector("[data-page]"), {
    state: begun(),
    attributes: {
      class: "page",
      role: "textbox",
      "aria-multiline": "true",
      "aria-label": dataset.label,
      "aria-describedby": "sheet-count",
      dir: "auto",
      spellcheck: "true",
      lang: document.documentElement.lang,
    },
    transformPastedHTML: cleaned,
    handlePaste: (editor, event) => pastedAddress(editor, event, () => say([dataset.offer])),
    handleClickOn: pictureClicked,
    handleDoubleClickOn: (editor, _at, node) => node.type.name === "card" && opens.card(editor.state, editor.dispatch, editor),
    scrollMargin: covered(bar),
    scrollThreshold: covered(bar),
    nodeViews: views(),
    dispatchTransaction: (tr) => {
      view.updateState(view.state.apply(tr));
      shelf?.show();
      if (!tr.docChanged) return;
      clearTimeout(timer);
      timer = setTimeout(follow, STEP);
    },
  });
  shelf = toolbar(bar, view, opens);
  count();

  const leave = () => {
    follow();
    remember(view.state);
  };
  // Somebody else wrote the textarea, such as a draft that is put back: one step, which can be undone.
  const theirs = () => {
    if (isOurs) return;
    const doc = parsed(source.value);
    view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, doc.content).setMeta("uiEvent", "replace"));
  };
  const events = [
    [form, "submit", leave],
    [form, "formdata", follow],
    [window, "pagehide", leave],
    [document, "visibilitychange", follow],
    [view.dom, "blur", follow],
    [source, "input", theirs],
  ];
  for (const [target, name, handler] of events) target.addEventListener(name, handler, { capture: true });
  const redraw = () => view.isDestroyed || view.setProps({ nodeViews: views() });
  recall(dataset.pictures, idsIn(view.state.doc), redraw);
  const end = () => {
    leave();
    for (const [target, name, handler] of events) target.removeEventListener(name, handler, { capture: true });
    shelf.end();
    view.destroy();
  };
  return { view, redraw, end };
};

// ProseMirror itself selects by a click only what has no text of its own.
const pictureClicked = (view, _inside, node, at, event) => {
  if (node.type.name !== "picture" || event.target.closest("figcaption, button")) return false;
  view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, at)));
  return true;
};

// The bars at the top of the window cover what stands under them.
const covered = (bar) => ({
  left: 0,
  right: 0,
  bottom: GAP,
  get top() {
    const { position, top } = getComputedStyle(bar);
    return GAP + (position === "sticky" ? parseFloat(top) + bar.offsetHeight : 0);
  },
});

// Of the pictures that the text shows.
const idsIn = (doc) => {
  const ids = [];
  doc.descendants((node) => {
    const id = node.type.name === "card" ? node.attrs.picture : node.attrs["data-picture"];
    if (id) ids.push(id);
  });
  return ids;
};

begin();
