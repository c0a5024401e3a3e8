/* Says before a session runs out, and keeps it with one press (WCAG 2.2.1). An upgrade only: without it the foot of the page
   says until when, and a form sent too late is kept. The server alone knows how long is left; asking it prolongs nothing.
   Nothing is kept in the browser: tabs tell each other that something was done, and no more. */
"use strict";
(() => {
  const place = document.getElementById("session-notice");
  if (!place) return;
  const given = place.dataset;
  const words = (key) => given["text" + key] || "";
  const WARN = Number(given.warn);
  const SURE = Number(given.sure);
  const LAST = Math.min(60, WARN / 4); // said once more so long before the end
  const LONGEST = 2 ** 31 - 1; // a browser's timers know no more milliseconds
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("norms-session") : null;
  let said = ""; // "", "soon", "last", "ended", "other"
  let due = 0;
  let timer = 0;
  let fading = 0; // good news does not stand in the way for long
  let before = null; // where the focus was before it came to our button

  const clock = (moment) => new Date(moment).toISOString().slice(11, 16);

  function until(seconds) {
    const unit = seconds >= 90 ? "minute" : "second";
    const number = unit === "minute" ? Math.round(seconds / 60) : Math.max(Math.round(seconds), 1);
    return new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" }).format(number, unit);
  }

  /** The notice says this, and nothing twice. The focus stays; if it was on what goes away, it returns to where it was. */
  function show(state, css, text, ...more) {
    said = state;
    const held = place.contains(document.activeElement);
    const line = document.createElement("p");
    line.append(text, ...more.flatMap((each) => [" ", each]));
    place.className = `session-notice notice ${css}`;
    place.replaceChildren(line);
    clearTimeout(fading);
    if (!state) fading = setTimeout(() => {
      place.replaceChildren();
      place.className = "session-notice";
    }, 20000);
    if (held) (before?.isConnected ? before : document.getElementById("main"))?.focus({ preventScroll: true });
  }

  function stay() {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "primary", textContent: words("Key") });
    button.setAttribute("aria-keyshortcuts", "F8");
    button.addEventListener("focus", (event) => { before = event.relatedTarget; });
    button.addEventListener("click", extend);
    return button;
  }

  function signIn() {
    const link = document.createElement("a");
    Object.assign(link, { href: given.signIn, target: "_blank", rel: "noopener", textContent: words("SignIn") });
    return link;
  }

  /** Asks again after so many seconds; a machine that slept through it asks when it wakes. */
  function later(seconds) {
    clearTimeout(timer);
    const wait = Math.min(Math.max(seconds, 0) * 1000, LONGEST);
    due = Date.now() + wait;
    timer = setTimeout(ask, wait);
  }

  /** Somebody has signed in since this page was opened: its forms get the token that counts now. */
  function renew() {
    const found = document.cookie.split("; ").find((each) => each.startsWith(`${given.cookie}=`));
    if (!found) return;
    const token = found.slice(given.cookie.length + 1);
    document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", token);
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  }

  function hear(told) {
    if (told.person !== given.person) {
      if (said !== "other") show("other", "warning", words("Other"), signIn());
      clearTimeout(timer);
      return;
    }
    if (said === "ended" || said === "other") {
      renew();
      show("", "success", words("Back"));
    }
    const left = told.seconds_left;
    if (left > WARN) {
      if (said) show("", "success", words("Stays").replace("{at}", clock(told.ends_at)));
      later(left - WARN);
      return;
    }
    const state = left > LAST ? "soon" : "last";
    if (said !== state) {
      const text = words("Soon").replace("{in}", until(left)).replace("{at}", clock(told.ends_at));
      const button = place.querySelector("button");
      if (said === "soon" && button) {
        said = state;
        button.before(`${text} `);
        place.querySelector("p").firstChild.remove(); // the button, which may have the focus, stays
      } else show(state, "warning", text, stay());
    }
    later(Math.min(left > LAST ? left - LAST : left + 1, 15));
  }

  function end() {
    clearTimeout(timer); // from here on the reader's coming back asks
    if (said !== "ended") show("ended", "warning", words("Ended"), signIn());
  }

  async function talk(method) {
    try {
      const answer = await fetch(given.address, {
        method, credentials: "same-origin", cache: "no-store", redirect: "error",
        headers: { Accept: "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]')?.content || "" },
      });
      if (answer.status === 401) end();
      else if (answer.ok) hear(await answer.json());
      else return false;
      return true;
    } catch {
      return false;
    }
  }

  async function ask() {
    if (!(await talk("GET"))) later(30);
  }

  async function extend() {
    if (await talk("POST")) tabs?.postMessage("used");
    else {
      const line = place.querySelector("p");
      if (line && !line.dataset.failed) line.append(` ${words("Failed")}`);
      if (line) line.dataset.failed = "yes";
      later(5);
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "F8" || (said !== "soon" && said !== "last")) return;
    event.preventDefault();
    extend();
  });
  for (const [target, name] of [[document, "visibilitychange"], [window, "focus"], [window, "pageshow"]]) {
    target.addEventListener(name, () => {
      if (document.visibilityState === "visible" && (said === "ended" || said === "other" || Date.now() >= due)) ask();
    });
  }
  // Another tab was used: what is said here may be out of date; a silent page has as long as that one. A page that is no use
  // of the session may still be where somebody has just signed in.
  tabs?.addEventListener("message", (event) => (said || event.data !== "used" || SURE === 0 ? ask() : later(SURE - WARN)));
  tabs?.postMessage(SURE > 0 ? "used" : "look");
  later(SURE - WARN);
})();
