/* Passkeys: asks the browser for one and puts its answer into the form. Each form works on its own data attributes. */
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (credentials) => (credentials || []).map((each) => ({ ...each, id: bytes(each.id) }));

  /** Makes a passkey. `passwordless`: one that can sign in by itself, kept on the device and opened by its owner. */
  async function create(options, passwordless) {
    const wanted = options.publicKey;
    const selection = { ...wanted.authenticatorSelection, residentKey: passwordless ? "required" : "discouraged", requireResidentKey: passwordless };
    if (passwordless) selection.userVerification = "required";
    const made = await navigator.credentials.create({
      publicKey: {
        ...wanted, authenticatorSelection: selection, challenge: bytes(wanted.challenge),
        user: { ...wanted.user, id: bytes(wanted.user.id) }, excludeCredentials: listed(wanted.excludeCredentials),
      },
    });
    return {
      id: made.id, rawId: text(made.rawId), type: made.type, authenticatorAttachment: made.authenticatorAttachment,
      clientExtensionResults: made.getClientExtensionResults(),
      response: {
        clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports?.() || [],
      },
    };
  }

  /** Proves that one has a passkey. */
  async function get(options) {
    const wanted = options.publicKey;
    const given = await navigator.credentials.get({
      publicKey: { ...wanted, challenge: bytes(wanted.challenge), allowCredentials: listed(wanted.allowCredentials) },
    });
    const answer = given.response;
    return {
      id: given.id, rawId: text(given.rawId), type: given.type, authenticatorAttachment: given.authenticatorAttachment,
      clientExtensionResults: given.getClientExtensionResults(),
      response: {
        clientDataJSON: text(answer.clientDataJSON), authenticatorData: text(answer.authenticatorData),
        signature: text(answer.signature), userHandle: answer.userHandle ? text(answer.userHandle) : null,
      },
    };
  }

  const optionsIn = (form) => JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
  async function asked(form) {
    if (form.dataset.passkey === "create") {
      return create(optionsIn(form).creation_options, Boolean(form.elements.namedItem("passwordless")?.checked));
    }
    if (form.dataset.passkey === "use") return get(optionsIn(form).request_options);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return get((await answer.json()).request_options);
  }

  // On the window, while the event is on its way down: app.js marks a form as sent on the document, after this.
  window.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    const credential = form.elements.namedItem("credential");
    if (form.dataset.passkeyGiven) return; // the browser has answered already
    event.preventDefault();
    event.stopImmediatePropagation();
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    try {
      credential.value = JSON.stringify(await asked(form));
      form.dataset.passkeyGiven = "yes";
    } catch {
      // The person said no, waited too long, or has no passkey here: the browser does not tell which.
      failed.hidden = false;
      failed.tabIndex = -1;
      failed.focus();
      return;
    }
    form.requestSubmit();
  }, true);

  const can = Boolean(window.PublicKeyCredential && navigator.credentials);
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.querySelectorAll("[data-passkey-can]").forEach((element) => { element.hidden = !can; });
    form.querySelectorAll("[data-passkey-cannot]").forEach((element) => { element.hidden = can; });
  }
})();
