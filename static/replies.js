// Comfort for those who reply: the form comes to the reply that they answer, and their words are kept in
// their browser until they are sent or deleted. Whoever has no scripts loses nothing.
const form = document.getElementById("reply");
if (form) {
  const words = form.comment, home = form.parentNode, above = form.previousElementSibling;
  // Under the reply that `link` answers, or back where it was.
  const place = (link) => {
    form.querySelector(".to")?.remove();
    home.hidden = !!link;
    if (!link) return above.after(form);
    const reply = link.closest("li"), to = document.createElement("p");
    to.className = "to";
    to.innerHTML = `<b></b> <a href="#${reply.id}"></a><input type="hidden" name="to" value="${reply.id.slice(8)}">`;
    const [name, cancel] = to.children;
    name.textContent = link.getAttribute("aria-label");
    cancel.textContent = form.dataset.cancel;
    cancel.onclick = () => { place(); link.focus(); return false; };
    form.prepend(to);
    reply.insertBefore(form, reply.querySelector(":scope > ol"));
    words.focus();
  };
  addEventListener("click", (press) => {
    const link = press.target.closest(".thread a[href*='new?to=']");
    if (!link || press.ctrlKey || press.metaKey || press.shiftKey) return;
    press.preventDefault();
    place(link);
  });
}
// The address that replies are sent to names what is kept of them; a browser may forbid to keep anything.
try {
  const kept = localStorage, sent = sessionStorage;
  const name = form ? form.getAttribute("action") : document.querySelector("[data-sent]").dataset.sent;
  if (form) {
    const words = form.comment;
    words.value ||= kept[name] || "";
    words.oninput = () => words.value ? kept[name] = words.value : delete kept[name];
    form.onsubmit = () => { sent[name] = words.value; };
  } else if (kept[name] === sent[name]) { delete kept[name]; delete sent[name]; }
} catch {}
