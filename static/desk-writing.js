// Keeps what is typed into the editor: on the server, and while that cannot be reached, in this browser. It stores
// nothing in the article: that is what Save does.
"use strict";

(() => {
  const PAUSE = 1500; // ms without a key before what is typed is sent
  const PING = 15000; // ms between two words that the article is open
  const OWN = "newsite.draft."; // in the browser's storage, before the user and the place
  const form = document.getElementById("editor");
  const status = document.getElementById("kept");
  const beside = document.getElementById("beside");
  const { keep, owner, place, presence, stored, unsaved } = form.dataset;
  const said = status.dataset;
  const entry = `${OWN}${owner}:${place}`;
  let isUnsaved = Boolean(unsaved); // the form has what no Save has stored: leaving asks
  let isTyped = unsaved === "here"; // and these words may be nowhere else
  let isAway = false; // the site did not take what was sent last
  let isLeaving = false;
  let timer = 0;
  let sending = Promise.resolve();

  // Storage may be full or forbidden.
  const storage = (deed) => {
    try {
      return deed(window.localStorage);
    } catch {
      return null;
    }
  };

  // What is kept here of this user, at places that begin so.
  const keysOf = (places) =>
    storage((kept) => Object.keys(kept).filter((key) => key.startsWith(`${OWN}${owner}:${places}`))) ?? [];
  const read = (key) => storage((kept) => JSON.parse(kept.getItem(key)));

  const fields = () => [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const withToken = (pairs) => {
    const body = new URLSearchParams(pairs.filter(([name]) => name !== "csrf_token"));
    body.set("csrf_token", form.elements.csrf_token.value);
    return body;
  };

  const tell = (answer) => {
    beside.textContent = [answer.others, answer.newer].filter(Boolean).join(" ");
    beside.hidden = !beside.textContent;
  };

  // The answer as an object; what failed, if it is none of ours or does not come.
  const ask = async (address, body) => {
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
      const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
      if (isOurs) return await answer.json();
      const isOut = answer.status === 400 || answer.status === 403;
      return { failed: isOut ? said.out : said.refused };
    } catch {
      return { failed: said.away };
    }
  };

  // What is kept here bears a mark, and so does the form: after a Save the site says of which mark it has the words. What
  // is typed while a Save is on its way is not among them, and gets another.
  const markAnew = () => (form.elements.mark.value = crypto.getRandomValues(new BigUint64Array(1))[0]);
  const forgetStored = () => {
    const marks = stored?.split(" ") ?? [];
    const isStored = (one) => one?.fields.some(([name, value]) => name === "mark" && marks.includes(value));
    for (const key of keysOf("")) if (isStored(read(key))) storage((kept) => kept.removeItem(key));
  };

  const keepHere = () =>
    storage((kept) => {
      kept.setItem(entry, JSON.stringify({ keep, fields: fields().filter(([name]) => name !== "csrf_token") }));
      return true;
    });

  const send = async () => {
    const answer = await ask(keep, withToken(fields()));
    isAway = !answer.saved;
    if (answer.saved) {
      storage((kept) => kept.removeItem(entry));
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
      status.textContent = said.kept.replace("{time}", time);
      tell(answer);
    } else {
      const isHere = keepHere();
      status.textContent = isHere ? (answer.said ?? answer.failed) : said.nowhere;
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (sending = sending.then(send)), PAUSE);
  };

  const typed = () => {
    if (isLeaving) markAnew();
    isUnsaved = isTyped = true;
    isLeaving = false; // though Save was pressed: this is not in it
    soon();
  };

  // What a form says, but for what belongs to one opened editor.
  const words = (pairs) =>
    JSON.stringify(pairs.filter(([name]) => !["csrf_token", "mark", "place", "version"].includes(name)));

  // What this user kept here while there was no network: sent to its own place, from which it can be compared.
  const bringBack = async () => {
    const [article] = place.split(".");
    for (const key of keysOf(`${article}.`)) {
      const one = read(key);
      const isStored = !one || words(one.fields) === words(fields()); // it was saved on another way
      const answer = isStored ? {} : await ask(one.keep, withToken(one.fields));
      if (isStored || answer.saved) storage((kept) => kept.removeItem(key));
      const isListed = document.querySelector(`#found a[href="${one?.keep}"]`);
      if (!answer.saved || isListed) continue;
      const line = document.createElement("p");
      const link = document.createElement("a");
      link.href = one.keep;
      link.textContent = said.compare;
      line.append(`${said.here} `, link);
      document.getElementById("found").append(line);
      document.getElementById("found").hidden = false;
    }
  };

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", (event) => {
    isLeaving = !event.submitter?.formTarget; // a preview opens beside this page
    if (isLeaving && (isAway || !navigator.onLine)) keepHere(); // it may lead nowhere
  });
  // Words that are thrown away are not kept on the way.
  document.querySelector(`form[action="${keep}/away"]`)?.addEventListener("submit", () => {
    isLeaving = true;
    clearTimeout(timer);
  });
  window.addEventListener("beforeunload", (event) => {
    fields(); // to ask for them makes the editor write down its last words
    if (isUnsaved && !isLeaving) event.preventDefault();
  });
  window.addEventListener("pagehide", () => {
    if (isTyped && !isLeaving) {
      clearTimeout(timer);
      keepHere();
      navigator.sendBeacon?.(keep, withToken(fields()));
    }
  });
  window.addEventListener("online", () => isTyped && soon());
  if (presence) {
    const ping = async () => {
      if (document.hidden) return;
      const answer = await ask(presence, withToken([["version", form.elements.version.value]]));
      if (!answer.failed) tell(answer);
    };
    setInterval(ping, PING);
    ping();
  }
  markAnew();
  forgetStored();
  bringBack();
  if (isTyped) soon();
})();
