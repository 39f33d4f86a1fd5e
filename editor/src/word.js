// Word's lists. On the clipboard they are paragraphs that only look like lists: their level and number are in a style,
// `mso-list: l0 level2 lfo1`, and their mark is drawn as text before the words.

const LIST = /mso-list:\s*(l\d+)\s+level(\d+)/i;
const NUMBERED = /^\s*\(?(?:\d+|[a-z]{1,4})[.)]/i;

export const listed = (body, styleName) => {
  let open = []; // [{list, id}] from the outermost to the innermost
  let last = null;
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]) {
    const found = LIST.exec(paragraph.getAttribute(styleName) ?? "");
    if (!found || paragraph.localName !== "p") continue;
    const [, id, digits] = found;
    const level = Math.max(1, Math.min(Number(digits), 9));
    if (!last || nextOf(last) !== paragraph || open[0]?.id !== id) open = [];
    open = open.slice(0, level);
    const mark = markOf(paragraph);
    while (open.length < level) open.push({ list: begun(open, paragraph, mark), id });
    const item = body.ownerDocument.createElement("li");
    item.append(...paragraph.childNodes);
    open.at(-1).list.append(item);
    last = { outer: open[0].list, paragraph };
    paragraph.remove();
  }
};

// What stands after the list so far: the next paragraph belongs to it only if nothing is between them.
const nextOf = (last) => last.outer.nextElementSibling;

const begun = (open, paragraph, mark) => {
  const list = paragraph.ownerDocument.createElement(NUMBERED.test(mark) ? "ol" : "ul");
  const outer = open.at(-1)?.list;
  if (outer) (outer.lastElementChild ?? outer.appendChild(paragraph.ownerDocument.createElement("li"))).append(list);
  else paragraph.before(list);
  return list;
};

const markOf = (paragraph) => {
  const drawn = paragraph.querySelector("[data-drawn]") ?? paragraph.querySelector("[data-style*='mso-list']");
  drawn?.remove();
  return drawn?.textContent ?? "";
};
