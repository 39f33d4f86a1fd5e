// Where somebody wanted to be in the text: a page of the desk leads to `#body`, and with `?find=…` to the first place with
// these words, or with a link to this address.
import { TextSelection } from "prosemirror-state";

const plain = (text) => text.replace(/\s/g, " "); // as long as before: places are counted in it

const placeOf = (doc, wanted) => {
  let found = null;
  doc.descendants((node, at) => {
    if (found) return false;
    const link = node.marks.find((mark) => mark.type.name === "link" && mark.attrs.href === wanted);
    if (node.isText && link) found = { from: at, to: at + node.nodeSize };
    if (node.type.name === "card" && node.attrs.href === wanted) found = { from: at, to: at };
    if (!node.isTextblock) return true;
    const start = plain(node.textBetween(0, node.content.size, "", "\ufffc")).indexOf(plain(wanted));
    if (start >= 0) found = { from: at + 1 + start, to: at + 1 + start + wanted.length };
    return !found;
  });
  return found;
};

// Puts the cursor there, and the place in the middle of the window; the text's beginning where it is not found.
export const goTo = (view, wanted) => {
  const found = wanted && placeOf(view.state.doc, wanted);
  if (found) view.dispatch(view.state.tr.setSelection(TextSelection.between(...[found.from, found.to].map((at) => view.state.doc.resolve(at)))));
  view.focus();
  const { node } = view.domAtPos(view.state.selection.from);
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  element.scrollIntoView({ block: found ? "center" : "nearest" });
};

export const wantedOf = (address) => {
  const { hash, searchParams } = new URL(address);
  return { isBody: hash === "#body" || searchParams.has("find"), words: searchParams.get("find")?.trim() ?? "" };
};
