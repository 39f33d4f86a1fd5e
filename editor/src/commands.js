// What the toolbar and the keys do, by the names that the page's buttons carry in `data-do`.
import { chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { liftListItem, sinkListItem, wrapInList } from "prosemirror-schema-list";
import { TextSelection } from "prosemirror-state";
import * as tables from "prosemirror-tables";
import { redo, undo } from "./history.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;

const ancestor = (state, fits) => {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) if (fits($from.node(depth))) return depth;
  return 0;
};

const isIn = (type, attributes = {}) => (state) =>
  ancestor(state, (node) => node.type === type && Object.entries(attributes).every(([name, value]) => node.attrs[name] === value)) > 0;

// The picture that is selected, or in whose caption the cursor is: {node, at}, or null.
export const pictureAt = (state) => {
  const { $from, from, node } = state.selection;
  if (node?.type === nodes.picture) return { node, at: from };
  const depth = ancestor(state, (each) => each.type === nodes.picture);
  return depth ? { node: $from.node(depth), at: $from.before(depth) } : null;
};

const deletePicture = (state, dispatch) => {
  const found = pictureAt(state);
  if (found) dispatch?.(state.tr.delete(found.at, found.at + found.node.nodeSize).scrollIntoView());
  return !!found;
};

const hasMark = (type) => (state) => {
  const { from, to, empty, $from } = state.selection;
  return empty ? !!type.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, type);
};

// A caption is the text of its picture, which would be gone with another kind.
const become = (type) => (state, dispatch) => !pictureAt(state) && setBlockType(type)(state, dispatch);

const block = (type) => ({
  run: (state, dispatch) => become(isIn(type)(state) ? nodes.paragraph : type)(state, dispatch),
  isOn: isIn(type),
});

const mark = (type, other) => ({
  run: (state, dispatch) => {
    if (other && hasMark(other)(state)) toggleMark(other)(state, dispatch);
    return toggleMark(type)(state, dispatch);
  },
  isOn: hasMark(type),
});

// The other kind of list becomes this one; in this one, the item leaves it.
const list = (type) => ({
  run: (state, dispatch) => {
    const depth = ancestor(state, (node) => [nodes.bullet_list, nodes.ordered_list].includes(node.type));
    if (!depth) return wrapInList(type)(state, dispatch);
    const { $from } = state.selection;
    if ($from.node(depth).type === type) return liftListItem(nodes.list_item)(state, dispatch);
    dispatch?.(state.tr.setNodeMarkup($from.before(depth), type));
    return true;
  },
  isOn: (state) => {
    const depth = ancestor(state, (node) => [nodes.bullet_list, nodes.ordered_list].includes(node.type));
    return depth > 0 && state.selection.$from.node(depth).type === type;
  },
});

const quote = (className) => ({
  run: (state, dispatch) => {
    const depth = ancestor(state, (node) => node.type === nodes.blockquote);
    if (!depth) return wrapIn(nodes.blockquote, { class: className })(state, dispatch);
    const { $from } = state.selection;
    const node = $from.node(depth);
    if (node.attrs.class === className) return lift(state, dispatch);
    dispatch?.(state.tr.setNodeMarkup($from.before(depth), null, { ...node.attrs, class: className }));
    return true;
  },
  isOn: isIn(nodes.blockquote, { class: className }),
});

export const insert = (node) => (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(node).scrollIntoView());
  return true;
};

const newTable = (state, dispatch) => {
  if (tables.isInTable(state)) return false;
  const row = (type) => nodes.table_row.create(null, [0, 1].map(() => type.createAndFill()));
  const rows = [row(nodes.table_header), row(nodes.table_cell), row(nodes.table_cell)];
  const tr = state.tr.replaceSelectionWith(nodes.table.create(null, rows));
  let inside = 0; // of the table that was put in last before the cursor
  tr.doc.nodesBetween(0, tr.selection.to, (node, at) => {
    if (node.type === nodes.table) inside = at + 1;
  });
  dispatch?.(tr.setSelection(TextSelection.near(tr.doc.resolve(inside))).scrollIntoView());
  return true;
};

export const breakLine = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
});

// Out of a caption, which cannot be split, to an empty paragraph under its figure: one that is there, or a new one.
export const leaveCaption = (state, dispatch) => {
  const { $from, $to } = state.selection;
  const { type } = $from.parent;
  if (![nodes.picture, nodes.figcaption].includes(type) || !$from.sameParent($to)) return false;
  const under = $from.after(type === nodes.picture ? $from.depth : $from.depth - 1);
  const next = state.doc.resolve(under).nodeAfter;
  const isThere = next?.type === nodes.paragraph && !next.content.size; // the next picture's caption may be empty too
  const tr = isThere ? state.tr : state.tr.insert(under, nodes.paragraph.create());
  dispatch?.(tr.setSelection(TextSelection.create(tr.doc, under + 1)).scrollIntoView());
  return true;
};

export const commands = {
  strong: mark(marks.strong),
  em: mark(marks.em),
  s: mark(marks.s),
  code: mark(marks.code),
  sub: mark(marks.sub, marks.sup),
  sup: mark(marks.sup, marks.sub),
  paragraph: { run: become(nodes.paragraph) },
  heading2: block(nodes.heading2),
  heading3: block(nodes.heading3),
  heading4: block(nodes.heading4),
  bullets: list(nodes.bullet_list),
  numbers: list(nodes.ordered_list),
  deeper: { run: sinkListItem(nodes.list_item) },
  higher: { run: liftListItem(nodes.list_item) },
  quote: quote(null),
  pull: quote("pull"),
  codeblock: block(nodes.code_block),
  rule: { run: (state, dispatch) => insert(nodes.rule.create())(state, dispatch) },
  table: { run: newTable, isOn: tables.isInTable },
  rowBefore: { run: tables.addRowBefore },
  rowAfter: { run: tables.addRowAfter },
  rowDelete: { run: tables.deleteRow },
  columnBefore: { run: tables.addColumnBefore },
  columnAfter: { run: tables.addColumnAfter },
  columnDelete: { run: tables.deleteColumn },
  headerRow: { run: tables.toggleHeaderRow },
  headerCell: { run: tables.toggleHeaderCell },
  merge: { run: tables.mergeCells },
  split: { run: tables.splitCell },
  tableDelete: { run: tables.deleteTable },
  pictureDelete: { run: deletePicture },
  undo: { run: undo },
  redo: { run: redo },
};
