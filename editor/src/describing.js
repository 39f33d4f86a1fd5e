// The dialog for the words of a picture: what it shows, its caption, whose it is. They belong to the picture, wherever
// it is shown; its page at the desk takes and gives them, and says what is wrong with them.
import { learn, pictureOf } from "./pictures.js";
import { refused } from "./refusing.js";

const WORDS = ["alt", "caption", "credit"];

// Opened with ids, one of which is asked for after the other, and with what is called in the end.
export const wordsDialog = (dialog, { address, token, changed }) => {
  const form = dialog.querySelector("form");
  const status = dialog.querySelector("[role=status]");
  const image = dialog.querySelector("img");
  const own = dialog.querySelector("[data-own-page]");
  const said = dialog.dataset;
  const { is_decorative: decorative } = form.elements;
  const save = form.querySelector("[value=set]");
  let ids = [];
  let place = 0;
  let given = null; // the picture, as the site knows it now
  let closed = () => {};

  const ask = async (id, options = {}) => {
    const headers = { Accept: "application/json" };
    const answer = await fetch(`${address}${id}`, { ...options, headers }).catch(() => null);
    const data = await answer?.json().catch(() => null);
    return data?.errors ? data : null;
  };

  const show = async (id) => {
    given = null;
    form.reset();
    refuse([]);
    const step = ids.length > 1 ? said.step.replace("{number}", place + 1).replace("{count}", ids.length) : "";
    status.textContent = step;
    own.href = `${address}${id}`;
    image.hidden = !pictureOf(id);
    if (!image.hidden) image.src = pictureOf(id).src;
    lock(true);
    if (!dialog.open) dialog.showModal();
    const found = await ask(id);
    if (!dialog.open || ids[place] !== id) return;
    given = found;
    if (!found) status.textContent = said.away;
    else fill(found, step);
  };

  const fill = (found, step) => {
    learn([found]);
    image.src = found.src;
    image.hidden = false;
    for (const name of WORDS) form.elements[name].value = found[name];
    decorative.checked = found.is_decorative;
    lock(!found.is_theirs);
    status.textContent = found.is_theirs ? step : said.others;
    form.elements.alt.focus();
  };

  // Still to be read, and copied, by whoever may not change it.
  const lock = (isLocked) => {
    for (const name of WORDS) form.elements[name].readOnly = isLocked;
    decorative.disabled = isLocked;
    save.hidden = isLocked;
  };

  const refuse = (errors) => {
    for (const name of WORDS) {
      const sentences = errors.filter((each) => each.field === name).flatMap((each) => each.sentences);
      const place = dialog.querySelector(`#words-${name}-error`);
      place.querySelector("[data-said]").textContent = sentences.join(" ");
      refused(place, [[form.elements[name], sentences.length > 0]]);
    }
    const others = errors.filter((each) => !WORDS.includes(each.field)).flatMap((each) => each.sentences);
    if (others.length) status.textContent = others.join(" ");
    form.querySelector("[aria-invalid=true]")?.focus();
  };

  const send = async () => {
    const body = new URLSearchParams({ csrf_token: token(), focal_x: given.focal_x, focal_y: given.focal_y });
    for (const name of WORDS) body.set(name, form.elements[name].value);
    if (decorative.checked) body.set("is_decorative", "y");
    save.disabled = true; // pressed twice
    const answer = await ask(ids[place], { method: "POST", body });
    save.disabled = false;
    if (!answer) status.textContent = said.failed;
    else if (answer.errors.length) refuse(answer.errors);
    else {
      learn([answer]);
      changed();
      if (!dialog.open) return; // left meanwhile
      place += 1;
      if (place < ids.length) show(ids[place]);
      else dialog.close();
    }
  };

  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "cancel") return;
    event.preventDefault();
    if (given?.is_theirs) send();
  });
  dialog.addEventListener("close", () => closed());
  return (asked, done) => {
    [ids, place, closed] = [asked.map(String), 0, done];
    show(ids[0]);
  };
};
