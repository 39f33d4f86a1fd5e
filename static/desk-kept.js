// A text that was sent in vain stands on this page, and perhaps nowhere else: whoever leaves without sending it is asked.
"use strict";

(() => {
  const form = document.querySelector("main form.form");
  let isLeaving = !form.querySelector("textarea"); // what is short is soon typed again
  form.addEventListener("submit", () => (isLeaving = true));
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving) event.preventDefault();
  });
})();
