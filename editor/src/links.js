// The dialog of links, which also finds articles of this site; and that of cards, links that stand by themselves.
import { NodeSelection } from "prosemirror-state";
import { refused } from "./refusing.js";
import { schema, isLink } from "./schema.js";

const WAIT = 250; // ms without typing before the site is asked
const { link } = schema.marks;
const { card, paragraph } = schema.nodes;

// Whole addresses only; `example.org/a` and `ann@example.org` are what people type for them.
export const addressOf = (typed) => {
  const address = typed.trim();
  if (isLink(address)) return address;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`;
  if (/^[^\s/@:]+\.[^\s/@:]{2,}(?:[/?#]\S*)?$/.test(address)) return `https://${address}`;
  return null;
};

const linkAround = (state) => {
  const { $from, from, to, empty } = state.selection;
  const found = link.isInSet($from.marks()) ?? ($from.nodeAfter && link.isInSet($from.nodeAfter.marks));
  if (!found) return { from, to, href: "", isEmpty: empty };
  let [start, end] = [$from.pos, $from.pos];
  $from.parent.forEach((node, offset) => {
    const at = $from.start() + offset;
    if (found.isInSet(node.marks) && at <= Math.max(end, $from.pos) && at + node.nodeSize >= start) {
      start = Math.min(start, at);
      end = Math.max(end, at + node.nodeSize);
    }
  });
  return { from: start, to: end, href: found.attrs.href, isEmpty: false };
};

export const linkDialog = (dialog) => {
  const form = dialog.querySelector("form");
  const { address, words } = form.elements;
  let here = null;
  let editor = null;

  const refuse = (isWrong) => {
    refused(dialog.querySelector(".error"), [[address, isWrong]]);
    if (isWrong) address.focus();
  };
  searched(dialog, address, (found) => {
    if (!words.value) words.value = found.title;
  });

  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "cancel") return;
    const href = addressOf(address.value);
    if (event.submitter?.value !== "remove" && !href) {
      event.preventDefault();
      refuse(true);
      return;
    }
    const { state } = editor;
    const tr = state.tr.removeMark(here.from, here.to, link);
    if (event.submitter?.value !== "remove") {
      if (here.isEmpty) tr.insertText(words.value.trim() || href, here.from, here.to);
      const to = here.isEmpty ? here.from + (words.value.trim() || href).length : here.to;
      tr.addMark(here.from, to, link.create({ href })).removeStoredMark(link);
    }
    editor.dispatch(tr.scrollIntoView());
  });
  dialog.addEventListener("close", () => editor?.focus());

  return (state, dispatch, view) => {
    if (!dispatch) return true;
    editor = view;
    here = linkAround(state);
    form.reset();
    refuse(false);
    address.value = here.href;
    words.closest(".field").hidden = !here.isEmpty;
    form.querySelector("[value=remove]").hidden = !here.href;
    dialog.showModal();
    return true;
  };
};

// What is typed is looked for in the titles of published articles; choosing one fills in its address.
const searched = (dialog, field, chosen) => {
  const list = dialog.querySelector("[data-found]");
  let timer = 0;
  let asked = 0;
  const look = async () => {
    const words = field.value.trim();
    const number = (asked += 1);
    const isAsking = words.length > 1 && !addressOf(words);
    let articles = [];
    if (isAsking) {
      const answer = await fetch(`${list.dataset.found}?q=${encodeURIComponent(words)}`).catch(() => null);
      articles = answer?.ok ? (await answer.json()).articles : [];
    }
    if (number !== asked) return;
    list.replaceChildren(...articles.map(line));
    dialog.querySelector("[role=status]").textContent =
      isAsking ? list.dataset[articles.length ? "some" : "none"].replace("{count}", articles.length) : "";
  };
  const line = (found) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const facts = document.createElement("span");
    Object.assign(button, { type: "button", className: "plain", textContent: found.title });
    Object.assign(facts, { className: "facts", textContent: ` ${found.address}` });
    button.addEventListener("click", () => {
      field.value = found.address;
      chosen(found);
      list.replaceChildren();
      field.focus();
    });
    item.append(button, facts);
    return item;
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  dialog.addEventListener("close", () => list.replaceChildren());
};

const hostOf = (href) => (/^https?:/i.test(href) ? new URL(href).hostname.replace(/^www\./, "") : "");

// What a card would take the place of, and what is known of it: the selected card, or a paragraph that is nothing but a
// link.
const cardAt = (state) => {
  const { from, to, node, $from, $to } = state.selection;
  if (node?.type === card) return { ...node.attrs, from, to, isCard: true };
  const { parent } = $from;
  const only = parent.type === paragraph && parent.childCount === 1 && $from.sameParent($to) ? parent.firstChild : null;
  const href = only && link.isInSet(only.marks)?.attrs.href;
  if (!href) return { from, to, href: "", title: "", note: "" };
  return { from: $from.before(), to: $from.after(), href, title: only.text === href ? "" : only.text, note: "" };
};

export const cardDialog = (dialog, pictures) => {
  const form = dialog.querySelector("form");
  const { address, words } = form.elements;
  const list = pictures(dialog);
  let editor = null;
  let here = null;
  const refuse = (isWrongAddress, isNameless) => {
    refused(dialog.querySelector(".error"), [[address, isWrongAddress], [words, isNameless]]);
    form.querySelector("[aria-invalid=true]")?.focus();
  };
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "cancel") return;
    const href = addressOf(address.value);
    refuse(!/^(?:https?:|\/)/i.test(href ?? ""), !words.value.trim());
    if (form.querySelector("[aria-invalid=true]")) {
      event.preventDefault();
      return;
    }
    const isOwn = here.isCard && here.note !== hostOf(here.href); // somebody wrote it
    const note = isOwn ? here.note : hostOf(href);
    const node = card.create({ href, title: words.value.trim(), note, picture: list.chosen() });
    const { tr } = editor.state;
    if (here.isCard) tr.replaceWith(here.from, here.to, node).setSelection(NodeSelection.create(tr.doc, here.from));
    else if (here.href) tr.replaceWith(here.from, here.to, node);
    else tr.replaceSelectionWith(node);
    editor.dispatch(tr.scrollIntoView());
  });
  dialog.addEventListener("close", () => editor?.focus());
  return (state, dispatch, view) => {
    if (!dispatch) return true;
    editor = view;
    here = cardAt(state);
    form.reset();
    Object.assign(address, { value: here.href });
    Object.assign(words, { value: here.title });
    dialog.querySelector("details").open = !!here.picture;
    form.querySelector("[value=set]").textContent = dialog.dataset[here.isCard ? "change" : "insert"];
    list.open(here.picture);
    refuse(false, false);
    dialog.showModal();
    (here.href && !here.title ? words : address).focus();
    return true;
  };
};

// An address that is pasted over words makes them a link, and is one by itself where there are none; by itself in a
// paragraph it could be a card, which `offer` says.
export const pastedAddress = (view, event, offer) => {
  const address = event.clipboardData?.getData("text/plain").trim() ?? "";
  const { from, to, empty, $from } = view.state.selection;
  const { parent } = $from;
  if (!/^https?:\/\/\S+$/.test(address) || !isLink(address) || !parent.inlineContent) return false;
  const isInCode = parent.type.spec.code || schema.marks.code.isInSet(view.state.storedMarks ?? $from.marks());
  if (empty && (isInCode || event.clipboardData.types.includes("text/html"))) return false;
  const mark = link.create({ href: address });
  const { tr } = view.state;
  if (empty) tr.insert(from, schema.text(address, [mark])).removeStoredMark(link);
  else tr.addMark(from, to, mark);
  view.dispatch(tr.setMeta("uiEvent", "paste").scrollIntoView());
  if (parent.type === paragraph && !parent.content.size) offer();
  return true;
};
