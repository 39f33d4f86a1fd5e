// The picture above the text. Its number stands in a field of the form, which is all there is without this; here it is
// chosen by sight.
import { isWordless, pictureOf, recall } from "./pictures.js";

export const lead = (form, { choose, describe, send, address }) => {
  const field = form.elements.lead_picture_id;
  const section = field?.closest("section"); // a page has none
  const buttons = section?.querySelector("[data-lead]");
  if (!buttons) return { show: () => {} };
  const [thumb, status] = [section.querySelector("[data-thumb]"), section.querySelector("[role=status]")];
  const button = (name) => buttons.querySelector(`[value=${name}]`);
  const say = (sentences) => (status.textContent = sentences.join(" "));

  const show = () => {
    const picture = pictureOf(field.value);
    const [link, image] = [thumb.querySelector("a"), thumb.querySelector("img")];
    if (picture) {
      const { src, width, height, alt, name } = picture;
      Object.assign(image, { src, width, height, alt: alt || name });
      link.href = `${buttons.dataset.lead}${picture.id}`;
    }
    // The page came with the picture that is saved, which need not be known here to be the right one.
    thumb.hidden = !field.value || link.getAttribute("href") !== `${buttons.dataset.lead}${field.value}`;
    for (const each of ["words", "none"]) button(each).hidden = !field.value;
  };
  const set = (picture) => {
    field.value = picture?.id ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    show();
    say([picture ? buttons.dataset.chosen.replace("{name}", picture.alt || picture.name) : buttons.dataset.none]);
  };
  const describeIt = (opener) => describe([field.value], () => button(opener).focus());
  const take = async ([file]) => {
    const [picture] = await send([file], say);
    if (!picture) return;
    set(picture);
    if (isWordless(picture) && !document.querySelector("dialog[open]")) describeIt("choose");
  };
  const deeds = {
    choose: () => choose({ id: field.value, isSeveral: false, chosen: set, sent: take, closed: () => button("choose").focus() }),
    words: () => describeIt("words"),
    none: () => {
      set(null);
      button("choose").focus();
    },
  };
  buttons.addEventListener("click", (event) => deeds[event.target.value]?.());
  // A number that was refused stands there with what is wrong with it.
  if (!field.closest(".field").querySelector(".error")) field.closest(".field").hidden = true;
  section.querySelector("[data-look]").hidden = true;
  buttons.hidden = false;
  field.addEventListener("change", () => recall(address, [field.value], show));
  show();
  if (field.value) recall(address, [field.value], show);
  return { show };
};
