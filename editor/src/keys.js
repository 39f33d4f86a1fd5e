// Keys, and what is typed as Markdown. The dialog “Keys” of the page names them all.
import { baseKeymap, chainCommands } from "prosemirror-commands";
import { InputRule, inputRules, textblockTypeInputRule, undoInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { splitListItem } from "prosemirror-schema-list";
import { goToNextCell } from "prosemirror-tables";
import { breakLine, commands, leaveCaption, pictureAt } from "./commands.js";
import { isLink, schema } from "./schema.js";

const { nodes, marks } = schema;

const run = (name) => commands[name].run;

// `elsewhere`: what opens a dialog or leaves the text, by name.
export const keys = (elsewhere) => [
  keymap({
    "Mod-z": run("undo"),
    "Shift-Mod-z": run("redo"),
    "Mod-y": run("redo"),
    "Mod-b": run("strong"),
    "Mod-i": run("em"),
    "Mod-e": run("code"),
    "Shift-Mod-x": run("s"),
    "Mod-k": elsewhere.link,
    "Mod-Alt-0": run("paragraph"),
    "Mod-Alt-2": run("heading2"),
    "Mod-Alt-3": run("heading3"),
    "Mod-Alt-4": run("heading4"),
    "Shift-Mod-7": run("numbers"),
    "Shift-Mod-8": run("bullets"),
    "Shift-Mod-9": run("quote"),
    "Mod-Alt-c": run("codeblock"),
    "Mod-/": elsewhere.keys,
    Escape: elsewhere.toolbar, // so that Tab, which has a meaning in lists and tables, holds nobody here
    "Alt-F10": elsewhere.toolbar,
    Enter: chainCommands(leaveCaption, splitListItem(nodes.list_item)),
    "Shift-Enter": breakLine,
    Tab: chainCommands(goToNextCell(1), run("deeper")),
    "Shift-Tab": chainCommands(goToNextCell(-1), run("higher")),
    Backspace: undoInputRule,
  }),
  keymap(baseKeymap),
];

// The text ends before the character that was just typed.
const marked = (pattern, type) =>
  new InputRule(pattern, (state, match, start, end) => {
    const [whole, before, words] = match;
    const from = start + before.length;
    const size = (whole.length - before.length - words.length) / 2;
    if (state.doc.rangeHasMark(start, end, marks.code)) return null;
    return state.tr
      .delete(end - size + 1, end)
      .delete(from, from + size)
      .addMark(from, from + words.length, type.create())
      .removeStoredMark(type);
  });

// A caption stays one: its picture would become a heading, and be gone.
const inText = (rule) =>
  new InputRule(rule.match, (state, ...given) => (pictureAt(state) ? null : rule.handler(state, ...given)));

const ruled = new InputRule(/^(?:---|\*\*\*|___)$/, (state, match, start, end) => {
  const $start = state.doc.resolve(start);
  if ($start.parent.type !== nodes.paragraph || $start.depth !== 1) return null;
  return state.tr.delete(start, end).insert($start.before(), nodes.rule.create());
});

const linked = new InputRule(/\[([^\]]+)\]\(([^()\s]+)\)$/, (state, match, start, end) => {
  const [, words, address] = match;
  if (!isLink(address)) return null;
  const link = state.schema.text(words, [marks.link.create({ href: address })]);
  return state.tr.replaceWith(start, end, link).removeStoredMark(marks.link);
});

export const shortcuts = () =>
  inputRules({
    rules: [
      inText(textblockTypeInputRule(/^##?\s$/, nodes.heading2)),
      inText(textblockTypeInputRule(/^###\s$/, nodes.heading3)),
      inText(textblockTypeInputRule(/^####\s$/, nodes.heading4)),
      inText(wrappingInputRule(/^\s*>\s$/, nodes.blockquote)),
      inText(wrappingInputRule(/^\s*[-+*]\s$/, nodes.bullet_list)),
      inText(
        wrappingInputRule(
          /^(\d{1,5})[.)]\s$/,
          nodes.ordered_list,
          (match) => ({ start: match[1] === "1" ? null : match[1] }),
          (match, node) => node.childCount + Number(node.attrs.start ?? 1) === Number(match[1]),
        ),
      ),
      inText(textblockTypeInputRule(/^```$/, nodes.code_block)),
      ruled,
      linked,
      marked(/(^|[\s(“"])\*\*([^\s*](?:[^*]*[^\s*])?)\*\*$/, marks.strong),
      marked(/(^|[\s(“"])__([^\s_](?:[^_]*[^\s_])?)__$/, marks.strong),
      marked(/(^|[\s(“"])\*([^\s*](?:[^*]*[^\s*])?)\*$/, marks.em),
      marked(/(^|[\s(“"])_([^\s_](?:[^_]*[^\s_])?)_$/, marks.em),
      marked(/(^|[\s(“"])~~([^\s~](?:[^~]*[^\s~])?)~~$/, marks.s),
      marked(/(^|[\s(“"])`([^`]+)`$/, marks.code),
    ],
  });
