// Pictures of the site: what is known of them, and the dialog in which one is chosen.
const known = new Map(); // id to what the site said of it
const MOST = 100; // that the site tells of at once

export const pictureOf = (id) => known.get(String(id));
export const learn = (pictures) => pictures.forEach((each) => known.set(String(each.id), each));
export const isWordless = (picture) => !picture.alt && !picture.is_decorative;

const ask = async (address, parameters) => {
  const answer = await fetch(`${address}?${new URLSearchParams(parameters)}`).catch(() => null);
  const page = answer?.ok ? await answer.json().catch(() => null) : null;
  if (page) learn(page.pictures);
  return page;
};

// Those that a text shows, asked for once, by their ids; `done` is called when they are known.
export const recall = async (address, ids, done) => {
  const missing = [...new Set(ids.map(String))].filter((id) => !known.has(id));
  for (let from = 0; from < missing.length; from += MOST) {
    if (await ask(address, { ids: missing.slice(from, from + MOST).join(",") })) done();
  }
};

// A list to choose from, in a dialog. `open` begins anew, with what is chosen already, be it known or not; `chosen` is
// the id, or null.
export const chooser = (dialog) => {
  const list = dialog.querySelector("[data-pictures]");
  const more = dialog.querySelector("[data-more]");
  const field = dialog.querySelector("[name=q]");
  const status = dialog.querySelector("[role=status]");
  const { without } = list.dataset;
  let next = null;
  let number = 0;
  let before = ""; // what was chosen when it was opened
  const values = () => [...list.querySelectorAll("input")].map((each) => each.value);
  const add = (pictures) => list.append(...pictures.filter((each) => !values().includes(String(each.id))).map(option));
  const checked = () => list.querySelector(":checked");
  const check = () => {
    const mine = [...list.querySelectorAll("input")].find((each) => each.value === before);
    if (mine && !checked()) mine.checked = true;
  };
  // What is chosen stays, whatever is searched for.
  const empty = () => {
    const kept = [...list.children].filter((each) => !each.querySelector("input").value || each.contains(checked()));
    list.replaceChildren(...kept);
  };
  const fill = async (isMore) => {
    const mine = (number += 1);
    const page = await ask(list.dataset.pictures, { q: field.value, ...(isMore ? { before: next } : {}) });
    if (mine !== number) return;
    if (!isMore) empty();
    add(page?.pictures ?? []);
    check();
    next = page?.next ?? null;
    more.hidden = !next;
    status.textContent = !page ? list.dataset.away : values().some(Boolean) ? "" : list.dataset.none;
  };
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => fill(false), 250);
  });
  more.addEventListener("click", () => fill(true));
  return {
    open: (id) => {
      const picture = id && pictureOf(id);
      list.replaceChildren(...(without ? [option({ id: "", alt: without })] : []));
      if (picture) add([picture]);
      before = String(id || "");
      check();
      fill(false);
    },
    // Where nothing is checked, nobody chose: what is there may not be known here, and stays.
    chosen: () => (checked()?.value ?? before) || null,
    status,
  };
};

const option = (picture) => {
  const label = document.createElement("label");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "picture", value: picture.id });
  const words = document.createElement("span");
  words.textContent = picture.alt || picture.caption || picture.name;
  label.append(radio);
  if (picture.src) label.append(Object.assign(document.createElement("img"), { src: picture.src, alt: "", loading: "lazy" }));
  label.append(words);
  return label;
};

// Opened with {id, isSeveral, chosen, sent, closed}: what is chosen already, whether several files may be sent, and
// what is called with a picture, with files, and in the end.
export const pictureDialog = (dialog) => {
  const form = dialog.querySelector("form");
  const list = chooser(dialog);
  const files = dialog.querySelector("[type=file]");
  let asking = null;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "cancel") return;
    const chosen = pictureOf(list.chosen());
    if (files.files.length) asking.sent([...files.files]);
    else if (chosen) asking.chosen(chosen);
    else {
      event.preventDefault();
      list.status.textContent = dialog.dataset.neither;
    }
  });
  dialog.addEventListener("close", () => asking.closed());
  return (who) => {
    asking = who;
    form.reset();
    files.multiple = who.isSeveral;
    form.querySelector("[value=set]").textContent = dialog.dataset[who.isSeveral ? "insert" : "choose"];
    list.open(who.id);
    dialog.showModal();
  };
};
