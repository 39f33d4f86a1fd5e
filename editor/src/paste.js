// What comes from the clipboard, made as plain as if it had been written here. Word, Google Docs and LibreOffice say
// with styles what HTML has elements for; the styles are read, and everything but the meaning is left out.
import { bodyOf, quiet, tidied } from "./html.js";
import { listed } from "./word.js";

const STYLE = "data-style"; // as `bodyOf` gives it
const OFFICE = /<!--\[if[\s\S]*?<!\[endif\]-->|<!--(?:StartFragment|EndFragment)-->|<\/?(?:o|w|m|v|st1):[^>]*>/gi;
// `<![if !supportLists]>` stands around what Word drew in place of a list's mark.
const DRAWN = /<!\[if !supportLists\]>([\s\S]*?)<!\[endif\]>/gi;
const KEPT = {
  a: ["href"],
  td: ["colspan", "rowspan"],
  th: ["colspan", "rowspan"],
  ol: ["start"],
  img: ["src", "alt", "data-picture"],
  figure: ["data-picture"],
};
const BLOCKS = ":scope > :is(p, div, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, pre, figure, hr)";
const CLASSED = "blockquote.pull, figure.card";

export const cleaned = (html) => {
  if (html.includes("data-pm-slice")) return quiet(html); // out of an editor like this one
  const body = bodyOf(html.replace(DRAWN, "<i data-drawn>$1</i>").replace(OFFICE, ""));
  for (const each of body.querySelectorAll("style, script, meta, link, title, xml, colgroup, col")) each.remove();
  listed(body, STYLE);
  for (const each of body.querySelectorAll("ul > :is(ul, ol), ol > :is(ul, ol)")) nested(each);
  for (const each of body.querySelectorAll("[data-drawn]")) each.remove();
  for (const each of [...body.querySelectorAll("*")].reverse()) meant(each);
  tidied(body);
  if (body.querySelector(BLOCKS)) for (const each of body.querySelectorAll(":scope > br")) each.remove();
  for (const each of body.querySelectorAll("*")) bared(each);
  for (const each of body.querySelectorAll("p, h1, h2, h3, h4, h5, h6, li > br:last-child")) emptied(each);
  return body.innerHTML;
};

// A list that stands in a list beside its items, and not in one, as Google Docs writes it.
const nested = (list) => {
  if (!list.previousElementSibling) list.before(list.ownerDocument.createElement("li"));
  list.previousElementSibling.append(list);
};

// Spans and presentational tags as the elements that they mean.
const meant = (element) => {
  const tag = element.localName;
  if (tag === "a") return linked(element);
  if (tag === "font" || tag === "span" || tag === "center") return become(element, marksOf(element));
  if ((tag === "b" || tag === "i") && /(?<!-)font-(?:weight|style):\s*(?:normal|400)/.test(style(element))) {
    return become(element, marksOf(element)); // Google Docs wraps everything in a <b> that is not bold
  }
  if (tag === "div" || tag === "section" || tag === "article") {
    const isBlocks = element.querySelector(BLOCKS);
    return become(element, isBlocks ? [] : ["p"]);
  }
  return undefined;
};

const style = (element) => (element.getAttribute(STYLE) ?? "").toLowerCase();

const marksOf = (element) => {
  const words = style(element);
  const isHeading = element.closest("h1, h2, h3, h4, h5, h6"); // bold by itself
  return [
    /(?<!-)font-weight:\s*(?:bold|[6-9]00)/.test(words) && !isHeading && "strong",
    /(?<!-)font-style:\s*italic/.test(words) && "em",
    /text-decoration[^;]*line-through/.test(words) && "s",
    /vertical-align:\s*sub/.test(words) && "sub",
    /vertical-align:\s*super/.test(words) && "sup",
  ].filter(Boolean);
};

const become = (element, tags) => {
  if (!element.childNodes.length) return element.remove();
  let inside = [...element.childNodes];
  const isBlank = !element.textContent.trim();
  for (const tag of isBlank ? [] : tags) {
    const wrap = element.ownerDocument.createElement(tag);
    wrap.append(...inside);
    inside = [wrap];
  }
  return element.replaceWith(...inside);
};

// Where a link leads, without the detour of a search engine, and none that leads into somebody's own files.
const linked = (element) => {
  let address = element.getAttribute("href") ?? "";
  try {
    const url = new URL(address);
    if (url.hostname === "www.google.com" && url.pathname === "/url") address = url.searchParams.get("q") ?? "";
  } catch {
    // of this site, or none: `#_ftn1`, `Report.docx`
  }
  if (!/^(?:https?:\/\/|mailto:)/i.test(address)) return element.replaceWith(...element.childNodes);
  return element.setAttribute("href", address);
};

const bared = (element) => {
  const kept = KEPT[element.localName] ?? [];
  const names = element.getAttributeNames().filter((name) => !kept.includes(name));
  for (const name of names) if (name !== "class" || !element.matches(CLASSED)) element.removeAttribute(name);
};

const emptied = (element) => {
  if (element.localName === "br" || !(element.textContent.trim() || element.querySelector("img"))) element.remove();
};
