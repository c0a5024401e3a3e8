/* Upgrades only: every page works without this file. No framework, nothing kept in the browser. */
"use strict";
(() => {
  const words = (key) => document.body.dataset["text" + key] || "";
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";
  const clock = (date) => date.toISOString().slice(11, 16);

  /** Says something once in the page's polite status region. */
  function announce(text) {
    const region = document.getElementById("announce");
    if (region && region.textContent !== text) region.textContent = text;
  }

  /** After a swap or on arrival: the error summary or new heading gets the focus. */
  function focusIn(root) {
    const target = root.matches?.("[data-autofocus]") ? root : root.querySelector?.("[data-autofocus]");
    if (!target) return;
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus();
  }

  // --- htmx: the CSRF token, focus, and a failure that is said instead of swallowed
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    focusIn(event.detail.elt);
    enhance(event.detail.elt);
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => announce(words("Failed")));
  document.addEventListener("htmx:responseError", (event) => {
    if (![401, 409, 422].includes(event.detail.xhr.status)) announce(words("Failed"));
  });

  // --- the error summary's links go to the control, not only to its place
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".error-summary a[href^='#']");
    const control = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!control) return;
    event.preventDefault();
    (control.closest("fieldset, .field") || control).scrollIntoView();
    control.focus({ preventScroll: true });
  });

  // --- confirm: the form leads to a confirm page; here the question is asked in place, the safe answer first
  function confirmFirst(form, submitter) {
    const dialog = document.createElement("dialog");
    const question = document.createElement("p");
    question.id = "confirm-question";
    question.textContent = submitter?.dataset.confirm || form.dataset.confirm;
    dialog.setAttribute("aria-labelledby", question.id);
    const row = document.createElement("div");
    row.className = "actions";
    const button = (label, css, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = css;
      made.textContent = label;
      made.addEventListener("click", act);
      row.append(made);
      return made;
    };
    button(words("Cancel"), "", () => dialog.close());
    button(submitter?.textContent.trim() || words("Confirm"), "danger", () => {
      dialog.close();
      form.dataset.confirmed = "yes";
      const said = document.createElement("input");
      Object.assign(said, { type: "hidden", name: "confirmed", value: "yes" });
      form.append(said);
      form.requestSubmit(submitter || undefined);
    });
    dialog.append(question, row);
    dialog.addEventListener("close", () => {
      dialog.remove();
      submitter?.focus();
    });
    document.body.append(dialog);
    dialog.showModal(); // focuses the first button: the safe one
  }

  // --- submit: ask first where asked for; a second click does nothing
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (question && form.dataset.confirmed !== "yes") {
      event.preventDefault();
      event.stopImmediatePropagation();
      confirmFirst(form, event.submitter);
      return;
    }
    if ((form.getAttribute("method") || "get").toLowerCase() !== "post") return;
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button:not([type='button'])")) button.setAttribute("aria-disabled", "true");
    // An answer that is a download, or a request the reader stopped, leaves this page standing.
    setTimeout(() => release(form), 10000);
  }, true);
  const release = (form) => {
    delete form.dataset.sent;
    delete form.dataset.confirmed;
    for (const button of form.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
    if (form) release(form);
  });
  // Back brings the page from memory, with its forms still marked as sent.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });

  // --- drafts: saved on leaving a field and every ten seconds when something changed
  function autosave(form) {
    const status = form.querySelector("[data-autosave-status]") || form.appendChild(document.createElement("p"));
    status.classList.add("saved");
    status.setAttribute("role", "status");
    let saved = fingerprint(form);
    let running = null;
    let again = false;
    let wait = 2000;
    let timer = 0;
    const say = (state, text) => {
      status.dataset.state = state;
      if (status.textContent !== text) status.textContent = text;
    };
    const retry = () => {
      clearTimeout(timer);
      timer = setTimeout(() => save(), wait);
      wait = Math.min(wait * 2, 60000);
    };
    async function save(leaving = false) {
      const now = fingerprint(form);
      if (now === saved || form.dataset.sent === "yes") return;
      if (running && !leaving) {
        again = true; // left while an earlier save is under way: saved right after it
        return;
      }
      running = now;
      const body = new FormData(form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body, credentials: "same-origin", redirect: "manual", keepalive: leaving,
          headers: { "X-CSRFToken": token(), "X-Autosave": "1", Accept: "application/json" },
        });
        if (answer.ok) {
          wait = 2000;
          const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
          const typedSince = fingerprint(form) !== now;
          for (const [name, value] of Object.entries(told.fields || {})) {
            const field = form.elements.namedItem(name);
            if (field) field.value = value; // a new version number, say; it must not look like typing
          }
          saved = typedSince ? now : fingerprint(form);
          say("saved", words("Saved").replace("%s", clock(told.saved_at ? new Date(told.saved_at) : new Date())));
        } else if (answer.status === 409) say("failed", words("Conflict"));
        else if ([0, 401, 403].includes(answer.status)) say("failed", words("SignedOut"));
        else {
          say("failed", words("Unsaved"));
          if (answer.status >= 500 || answer.status === 429) retry();
        }
      } catch {
        say("failed", words("Unsaved"));
        retry();
      } finally {
        running = null;
        if (again) {
          again = false;
          save();
        }
      }
    }
    form.addEventListener("focusout", () => save());
    form.addEventListener("change", () => save());
    setInterval(() => save(), 10000);
    window.addEventListener("online", () => save());
    window.addEventListener("offline", () => {
      if (fingerprint(form) !== saved) say("failed", words("Unsaved"));
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") save(true);
    });
  }
  const fingerprint = (form) => JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));

  // --- small things
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    announce(`${words("Copied")}: ${button.dataset.copy}`);
    button.dataset.label ||= button.textContent;
    button.textContent = words("Copied");
    setTimeout(() => { button.textContent = button.dataset.label; }, 4000);
  });

  function localTime(element) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime()) || moment.getTimezoneOffset() === 0) return;
    const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    if (moment.getDate() !== moment.getUTCDate()) Object.assign(options, { day: "numeric", month: "short" });
    const extra = document.createElement("span");
    extra.className = "soft small";
    const text = document.createElement("bdi");
    text.textContent = new Intl.DateTimeFormat(document.documentElement.lang, options).format(moment);
    extra.append(" (", text, ` ${words("YourTime")})`);
    element.after(extra);
    element.removeAttribute("data-local");
  }

  function enhance(root) {
    if (!root.querySelectorAll) return;
    const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
    all("time[data-local]").forEach(localTime);
    if (navigator.clipboard) all("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
    all("form[data-autosave]:not([data-autosave-on])").forEach((form) => {
      form.dataset.autosaveOn = "yes";
      autosave(form);
    });
  }

  enhance(document.body);
  focusIn(document.body);
})();
