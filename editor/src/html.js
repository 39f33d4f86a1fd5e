// Between the textarea's HTML and ProseMirror's document. `parsed(written(doc))` is the same document, and
// `written` changes nothing that the server's cleaning would put back.
import { DOMParser as Reader, DOMSerializer } from "prosemirror-model";
import { elements, schema } from "./schema.js";

const RENAMED = { b: "strong", i: "em", strike: "s", h1: "h2", h5: "h4", h6: "h4" };
// What may come and go between two writings of the same: the paragraph of a list's item, a table's body.
const FREE = new Set(["p", "tbody", "thead"]);
const known = elements();

// Neither styles nor handlers reach a parser under their names: nothing of them would run, but the page's policy would
// report each one. Styles are kept as `data-style`, since other programs say with them what they mean.
const CODE = /<(style|script)\b[\s\S]*?<\/\1\s*>/gi;
const TAG = /<[a-z][^>]*>/gi;
export const quiet = (html) =>
  html.replace(CODE, "").replace(TAG, (tag) => tag.replace(/([\s/"'])(style|on[a-z]+)(\s*=)/gi, "$1data-$2$3"));

export const bodyOf = (html) => new DOMParser().parseFromString(`<!doctype html><body>${quiet(html)}`, "text/html").body;

export const parsed = (html) => Reader.fromSchema(schema).parse(tidied(bodyOf(html)));

// Pictures of other sites become links, as they do on the server: else every opening would ask that site for them.
export const tidied = (body) => {
  for (const image of body.querySelectorAll("img[src]:not([src^='/media/'])")) {
    const address = image.getAttribute("src");
    const words = image.getAttribute("alt")?.trim() || address.split("/")[2] || "";
    if (!/^https?:\/\//i.test(address)) image.remove();
    else if (image.closest("a")) image.replaceWith(words);
    else {
      const link = body.ownerDocument.createElement("a");
      link.setAttribute("href", address);
      link.textContent = words;
      image.replaceWith(link);
    }
  }
  return body;
};

export const written = (doc) => {
  const inert = document.implementation.createHTMLDocument("");
  const body = inert.body;
  DOMSerializer.fromSchema(schema).serializeFragment(doc.content, { document: inert }, body);
  for (const each of [...body.children]) if (each.matches("p:empty") && !each.attributes.length) each.remove();
  for (const figure of body.querySelectorAll("figure[data-picture]")) captioned(figure);
  for (const table of body.querySelectorAll("table")) parted(table);
  for (const item of body.querySelectorAll("li, td, th, dd")) unwrapped(item);
  for (const block of body.querySelectorAll("pre")) {
    if (block.textContent.startsWith("\n")) block.prepend("\n"); // parsers drop the first
  }
  return [...body.children].map((each) => each.outerHTML).join("\n");
};

const captioned = (figure) => {
  if (!figure.childNodes.length) return;
  const caption = figure.ownerDocument.createElement("figcaption");
  caption.append(...figure.childNodes);
  figure.append(caption);
};

// Rows of header cells at the top are the table's head, whatever they were written in.
const parted = (table) => {
  const rows = [...table.querySelectorAll(":scope > tr")];
  const isHead = (row) => row.children.length > 0 && [...row.children].every((each) => each.localName === "th");
  let heads = rows.findIndex((row) => !isHead(row));
  if (heads < 0) heads = 0; // nothing but headers: then none is
  const foot = rows.filter((row) => row.hasAttribute("data-foot"));
  const parts = [
    ["thead", rows.slice(0, heads)],
    ["tbody", rows.slice(heads).filter((row) => !foot.includes(row))],
    ["tfoot", foot],
  ];
  for (const [tag, its] of parts.filter(([, each]) => each.length)) {
    const part = table.ownerDocument.createElement(tag);
    part.append(...its);
    table.append(part);
  }
  for (const row of foot) row.removeAttribute("data-foot");
  const caption = table.getAttribute("data-caption");
  table.removeAttribute("data-caption");
  if (caption) table.createCaption().textContent = caption;
};

// `<li><p>word</p></li>` is `<li>word</li>`: what others write, and what Markdown makes.
const unwrapped = (item) => {
  const [first, ...rest] = item.children;
  const isPlain = first?.localName === "p" && !first.attributes.length;
  if (isPlain && rest.every((each) => ["ul", "ol"].includes(each.localName))) first.replaceWith(...first.childNodes);
};

// What of this HTML would be gone after it was opened and written again, by name; [] in nearly every case.
export const lostOf = (html) => {
  const before = inventory(tidied(bodyOf(html)));
  const after = inventory(bodyOf(written(parsed(html))));
  const lost = [...before.counts].filter(([name, count]) => count > (after.counts.get(name) ?? 0));
  const names = lost.map(([name]) => name);
  return before.words === after.words ? names : [...names, "…"];
};

const inventory = (body) => {
  for (const each of body.querySelectorAll("script, style, figure[data-picture] img")) each.remove();
  const counts = new Map();
  const phrasing = new Set(Object.values(schema.marks).map((mark) => mark.spec.html.tag));
  const count = (name, isOnce) => counts.set(name, isOnce ? 1 : (counts.get(name) ?? 0) + 1);
  for (const each of body.querySelectorAll("*")) {
    const tag = RENAMED[each.localName] ?? each.localName;
    if (!(tag in known)) continue; // cleaning takes it out of what is printed anyway
    if (!FREE.has(tag)) count(tag, phrasing.has(tag));
    for (const name of known[tag].filter((one) => one !== "class" && each.getAttribute(one))) {
      if (each.getAttribute(name) !== "1" || !name.endsWith("span")) count(`${tag} ${name}`, phrasing.has(tag));
    }
  }
  return { counts, words: body.textContent.replace(/\s+/g, "") };
};
