// What an article may hold, as ProseMirror knows it. newsite/sanitize/profile.py says the same to the server, and
// tests/whole/test_editor_schema.py compares the two; whatever the profile lets through must find a place here,
// or opening an old article would lose it.
import { Schema } from "prosemirror-model";

const EVERYWHERE = ["lang", "dir"];
// Classes are names of our own stylesheet, and these are all.
export const CLASSES = { blockquote: ["pull"], figure: ["card"] };
// Elements that are written around others, and are no nodes of their own.
export const PARTS = ["caption", "tbody", "tfoot", "thead"];

const LINK = /^(?:https?:\/\/|mailto:|\/(?![/\\])|#)[^\t\n\\]*$/i;
export const isLink = (address) => LINK.test(address);

const kept = (element, name) => {
  const value = element.getAttribute(name);
  if (name === "class") return CLASSES[element.localName]?.includes(value) ? value : null;
  return value;
};

const given = (attributes, names) =>
  Object.fromEntries(names.filter((name) => attributes[name] != null).map((name) => [name, attributes[name]]));

// A node or mark that is one element: its HTML attributes are its attributes, under the same names.
const element = (tag, own = [], { tags = [], parse = {}, attributes: more = {}, ...rest } = {}) => {
  const names = [...own, ...EVERYWHERE];
  const read = (dom) => Object.fromEntries(names.map((name) => [name, kept(dom, name)]));
  const isLeaf = rest.isLeaf ?? false;
  delete rest.isLeaf;
  return {
    attrs: { ...Object.fromEntries(names.map((name) => [name, { default: null }])), ...more },
    parseDOM: [tag, ...tags].map((each) => ({ tag: each, getAttrs: read, ...parse })),
    toDOM: ({ attrs }) => [tag, given(attrs, names), ...(isLeaf ? [] : [0])],
    html: { tag, attributes: names },
    ...rest,
  };
};

const number = (dom, name) => Math.max(1, Number(dom.getAttribute(name)) || 1);

const cell = (tag, role, own) => ({
  ...element(tag, own, { content: "block+", tableRole: role, isolating: true }),
  attrs: {
    colspan: { default: 1 },
    rowspan: { default: 1 },
    colwidth: { default: null }, // prosemirror-tables asks for it; widths are the stylesheet's
    ...Object.fromEntries([...own, ...EVERYWHERE].map((name) => [name, { default: null }])),
  },
  html: { tag, attributes: ["colspan", "rowspan", ...own, ...EVERYWHERE] },
  parseDOM: [
    {
      tag,
      getAttrs: (dom) => ({
        colspan: number(dom, "colspan"),
        rowspan: number(dom, "rowspan"),
        ...Object.fromEntries([...own, ...EVERYWHERE].map((name) => [name, kept(dom, name)])),
      }),
    },
  ],
  toDOM: ({ attrs }) => {
    const spans = given(attrs, ["colspan", "rowspan"].filter((name) => attrs[name] > 1));
    return [tag, { ...spans, ...given(attrs, [...own, ...EVERYWHERE]) }, 0];
  },
});

const IMAGE = ["src", "alt", "title", "width", "height", "loading", "data-picture"];

const text = { content: "inline*", group: "block" };

const nodes = {
  doc: { content: "block+" },
  paragraph: element("p", ["id"], text),
  heading2: element("h2", ["id"], { ...text, tags: ["h1"], defining: true }),
  heading3: element("h3", ["id"], { ...text, defining: true }),
  heading4: element("h4", ["id"], { ...text, tags: ["h5", "h6"], defining: true }),
  bullet_list: element("ul", [], { content: "list_item+", group: "block" }),
  ordered_list: element("ol", ["start", "reversed"], { content: "list_item+", group: "block" }),
  list_item: element("li", ["id"], { content: "block+", defining: true }),
  blockquote: element("blockquote", ["cite", "class"], { content: "block+", group: "block", defining: true }),
  code_block: element("pre", [], {
    content: "text*",
    group: "block",
    code: true,
    defining: true,
    parse: { preserveWhitespace: "full" },
  }),
  rule: element("hr", [], { group: "block", isLeaf: true }),
  division: element("div", [], { content: "block+", group: "block" }),
  definition_list: element("dl", [], { content: "(term | definition)+", group: "block" }),
  term: element("dt", [], { content: "inline*", defining: true }),
  definition: element("dd", [], { content: "block+", defining: true }),
  details: element("details", [], { content: "summary block*", group: "block", defining: true }),
  summary: element("summary", [], { content: "inline*", defining: true }),
  table: element("table", [], {
    content: "table_row+",
    group: "block",
    tableRole: "table",
    isolating: true,
    attributes: { caption: { default: "" } },
  }),
  table_row: element("tr", [], {
    content: "(table_cell | table_header)*",
    tableRole: "row",
    attributes: { isFoot: { default: false } },
  }),
  table_cell: cell("td", "cell", []),
  table_header: cell("th", "header_cell", ["scope"]),
  // A picture of the site: the server puts it in place of this, with its own words where there is no caption here.
  picture: element("figure", ["data-picture", "id"], {
    content: "inline*",
    group: "block",
    draggable: true,
    isolating: true,
    // A selector would find nothing where there is no caption, and the parser would fail.
    parse: {
      tag: "figure[data-picture]",
      priority: 60,
      contentElement: (dom) => dom.querySelector("figcaption") ?? dom.ownerDocument.createElement("figcaption"),
    },
  }),
  // A link to a film, a post, a map: never a frame of somebody else's page.
  card: {
    group: "block",
    atom: true,
    draggable: true,
    attrs: { href: {}, title: {}, note: { default: "" }, picture: { default: null } },
    html: { tag: "figure", attributes: ["class"] },
    parseDOM: [{ tag: "figure.card", priority: 70, getAttrs: (dom) => cardOf(dom) }],
    toDOM: ({ attrs: { href, title, note, picture } }) => [
      "figure",
      { class: "card" },
      ...(picture ? [["img", { "data-picture": picture, alt: "" }]] : []),
      ["a", { href }, title],
      ...(note ? [["figcaption", note]] : []),
    ],
  },
  figure: element("figure", ["id"], {
    content: "figcaption? (photo | block)* figcaption?",
    group: "block",
    marks: "link",
    isolating: true,
  }),
  figcaption: element("figcaption", [], { content: "inline*", isolating: true }),
  photo: element("img", IMAGE, { isLeaf: true, parse: { context: "figure/", priority: 60 } }),
  text: { group: "inline" },
  image: element("img", IMAGE, { inline: true, group: "inline", isLeaf: true }),
  hard_break: element("br", [], { inline: true, group: "inline", selectable: false, isLeaf: true }),
};

const cardOf = (dom) => {
  const link = dom.querySelector("a[href]");
  if (!link || !isLink(link.getAttribute("href"))) return false;
  return {
    href: link.getAttribute("href"),
    title: link.textContent,
    note: dom.querySelector("figcaption")?.textContent ?? "",
    picture: dom.querySelector("img")?.getAttribute("data-picture") ?? null,
  };
};

// Rows and captions that stand in parts of their own are told apart by where they stand.
nodes.table.parseDOM = [
  { tag: "caption", ignore: true },
  {
    tag: "table",
    getAttrs: (dom) => ({
      caption: dom.querySelector(":scope > caption")?.textContent.trim() ?? "",
      ...Object.fromEntries(EVERYWHERE.map((name) => [name, kept(dom, name)])),
    }),
  },
];
nodes.table_row.parseDOM[0].getAttrs = (dom) => ({
  isFoot: dom.parentNode?.localName === "tfoot",
  ...Object.fromEntries(EVERYWHERE.map((name) => [name, kept(dom, name)])),
});
// Written as data-…, which html.js turns into a caption and a foot.
const tableDOM = nodes.table.toDOM;
nodes.table.toDOM = (node) => {
  const [tag, attributes, hole] = tableDOM(node);
  return [tag, node.attrs.caption ? { ...attributes, "data-caption": node.attrs.caption } : attributes, hole];
};
const rowDOM = nodes.table_row.toDOM;
nodes.table_row.toDOM = (node) => {
  const [tag, attributes, hole] = rowDOM(node);
  return [tag, node.attrs.isFoot ? { ...attributes, "data-foot": "" } : attributes, hole];
};

// The first stand outside of the others where several are on the same words.
const marks = {
  link: element("a", ["href", "title", "id"], {
    inclusive: false,
    parse: {
      tag: "a[href]",
      getAttrs: (dom) =>
        isLink(dom.getAttribute("href")) &&
        Object.fromEntries(["href", "title", "id", ...EVERYWHERE].map((name) => [name, kept(dom, name)])),
    },
  }),
  q: element("q", ["cite"]),
  del: element("del", ["cite", "datetime"]),
  ins: element("ins", ["cite", "datetime"]),
  cite: element("cite"),
  abbr: element("abbr", ["title"]),
  dfn: element("dfn", ["title"]),
  time: element("time", ["datetime"]),
  mark: element("mark"),
  small: element("small"),
  u: element("u"),
  strong: element("strong", [], { tags: ["b"] }),
  em: element("em", [], { tags: ["i"] }),
  s: element("s", [], { tags: ["strike"] }),
  sub: element("sub"),
  sup: element("sup", ["id"]),
  kbd: element("kbd"),
  samp: element("samp"),
  var: element("var"),
  code: element("code"),
};

export const schema = new Schema({ nodes, marks });

// Every element that may be written, with its attributes: what the server's profile is compared with.
export const elements = () => {
  const found = Object.fromEntries(PARTS.map((tag) => [tag, new Set(EVERYWHERE)]));
  for (const { html } of [...Object.values(nodes), ...Object.values(marks)].filter((spec) => spec.html)) {
    found[html.tag] ??= new Set();
    html.attributes.forEach((name) => found[html.tag].add(name));
  }
  return Object.fromEntries(
    Object.keys(found)
      .sort()
      .map((tag) => [tag, [...found[tag]].sort()]),
  );
};
