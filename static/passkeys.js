// Passkeys: hands what the server asks to the browser, and the browser's answer to the server with the form.
"use strict";

(() => {
  const isAble =
    window.isSecureContext && typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";
  if (!isAble) return; // the buttons stay hidden, and the page says what is missing

  const asked = {
    create: (options) =>
      navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
    get: (options) =>
      navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  };

  for (const missing of document.querySelectorAll("[data-passkey-missing]")) missing.hidden = true;
  for (const button of document.querySelectorAll("button[data-passkey]")) {
    const problem = button.form.querySelector("[data-passkey-problem]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      problem.hidden = true;
      try {
        const credential = await asked[button.dataset.passkey](JSON.parse(button.dataset.options));
        button.form.elements[button.dataset.field].value = JSON.stringify(credential.toJSON());
      } catch {
        problem.hidden = false;
        return;
      }
      button.form.submit();
    });
  }
})();
