// How pictures, cards and folded parts look while they are edited.
import { isWordless, pictureOf } from "./pictures.js";

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const imageOf = (id, words) => {
  const picture = pictureOf(id);
  if (!picture) return make("p", { className: "missing", textContent: words.picture.replace("{id}", id) });
  return make("img", { src: picture.src, alt: picture.alt, width: picture.width, height: picture.height });
};

// `describe` opens the dialog for the words of a picture.
export const nodeViews = (words, describe) => ({
  picture: (node, view) => {
    let shown = node;
    const id = node.attrs["data-picture"];
    const shield = make("div", { contentEditable: "false" }, imageOf(id, words));
    if (pictureOf(id) && isWordless(pictureOf(id))) {
      const button = make("button", { type: "button", className: "plain wordless", textContent: words.wordless });
      button.addEventListener("click", () => describe(view, id));
      shield.append(button);
    }
    const contentDOM = make("figcaption");
    const caption = (each) => {
      const picture = pictureOf(each.attrs["data-picture"]);
      const own = [picture?.caption, picture?.credit].filter(Boolean).join(" · ");
      contentDOM.dataset.own = each.content.size ? "" : own || words.caption;
    };
    caption(node);
    return {
      dom: make("figure", { className: "picture" }, shield, contentDOM),
      contentDOM,
      update: (each) => {
        if (each.type !== shown.type || each.attrs["data-picture"] !== shown.attrs["data-picture"]) return false;
        shown = each;
        caption(each);
        return true;
      },
      stopEvent: (event) => !!event.target.closest?.("button"),
      ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target),
    };
  },
  card: (node) => {
    const { title, note, href, picture } = node.attrs;
    const parts = [make("b", { textContent: title }), make("span", { textContent: note || href })];
    if (picture) parts.unshift(imageOf(picture, words));
    return { dom: make("figure", { className: "card", contentEditable: "false" }, ...parts) };
  },
  // Open, so that what is folded away can be edited.
  details: () => {
    const dom = make("details", { open: true });
    return { dom, contentDOM: dom, ignoreMutation: (mutation) => mutation.type === "attributes" };
  },
});
