/* Files of a form, sent piece by piece while the rest is filled in (tus 1.0.0). An upgrade only: without it the form sends
   its files itself. Nothing is kept in the browser; the server knows what has arrived. */
"use strict";
(() => {
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";
  const PIECE = 8 * 1024 * 1024;

  class Sender {
    /** One file input and the list of what it sends. */
    constructor(input) {
      this.input = input;
      this.words = input.dataset;
      this.form = input.form;
      this.open = new Set();
      this.list = document.createElement("ul");
      this.list.className = "sending";
      this.status = document.createElement("p");
      this.status.className = "visually-hidden";
      this.status.setAttribute("role", "status");
      input.after(this.list, this.status);
      input.addEventListener("change", () => this.take());
      // Before anything else hears of it: a form with half a file is not sent.
      window.addEventListener("submit", (event) => this.hold(event), true);
    }

    say(text) {
      this.status.textContent = text;
    }

    hold(event) {
      if (event.target !== this.form || this.open.size === 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.say("");
      this.say(this.words.textWait);
      this.list.querySelector("button")?.focus();
    }

    take() {
      for (const file of [...this.input.files]) this.add(file);
      this.input.value = ""; // the form would send them a second time
    }

    add(file) {
      const row = new Row(this, file);
      this.list.append(row.element);
      this.open.add(row);
      row.start();
    }
  }

  class Row {
    /** One file: its name, how far it is, a way to pause and one to remove it. */
    constructor(sender, file) {
      this.sender = sender;
      this.file = file;
      const words = sender.words;
      this.element = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = file.name;
      this.bar = document.createElement("progress");
      this.bar.max = Math.max(file.size, 1);
      this.bar.value = 0;
      this.bar.setAttribute("aria-label", file.name);
      this.text = document.createElement("span");
      this.text.className = "soft small";
      this.pause = this.button(words.textPause, () => this.toggle());
      this.remove = this.button(words.textRemove, () => this.drop());
      const acts = document.createElement("span");
      acts.className = "acts";
      acts.append(this.pause, this.remove);
      this.element.append(name, this.bar, this.text, acts);
    }

    button(label, act) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "dense";
      const said = document.createElement("span");
      said.textContent = label;
      const about = document.createElement("span");
      about.className = "visually-hidden";
      about.textContent = ` ${this.file.name}`;
      made.append(said, about);
      made.addEventListener("click", act);
      return made;
    }

    label(button, text) {
      button.firstElementChild.textContent = text;
    }

    tell(text, failed = false) {
      this.text.textContent = text;
      this.element.dataset.state = failed ? "failed" : "";
      if (failed) this.sender.say(`${this.file.name}: ${text}`);
    }

    async start() {
      const words = this.sender.words;
      this.paused = false;
      this.label(this.pause, words.textPause);
      const modified = String(this.file.lastModified || "");
      const begun = this.upload ? null : await this.earlier(modified);
      this.upload ||= new tus.Upload(this.file, {
        endpoint: words.tus,
        uploadUrl: begun,
        chunkSize: PIECE,
        retryDelays: [0, 1000, 3000, 10000, 30000, 60000],
        storeFingerprintForResuming: false,
        removeFingerprintOnSuccess: true,
        metadata: { filename: this.file.name, modified },
        headers: { "X-CSRFToken": token() },
        onProgress: (sent, whole) => {
          this.bar.value = sent;
          this.tell(`${Math.floor((sent / whole) * 100)} %`);
        },
        onError: (error) => this.failed(error),
        onSuccess: () => this.done(),
      });
      this.upload.start();
    }

    /** The address of this very file, when it was begun before the line or the browser went away. */
    async earlier(modified) {
      try {
        const answer = await fetch(this.sender.words.tus, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        const rows = answer.ok ? await answer.json() : [];
        const same = (row) => !row.whole && row.size === this.file.size && row.modified === modified && row.name === this.file.name;
        return rows.find(same)?.url || null;
      } catch {
        return null;
      }
    }

    toggle() {
      const words = this.sender.words;
      if (this.paused) {
        this.start();
        return;
      }
      this.paused = true;
      this.upload?.abort();
      this.label(this.pause, words.textResume);
      this.tell(words.textPaused);
    }

    failed(error) {
      const words = this.sender.words;
      let why = words.textLost;
      const body = error.originalResponse?.getBody();
      if (body) {
        try {
          const told = JSON.parse(body);
          why = told.errors?.file?.[0] || told.detail || why;
        } catch {
          // not ours: a proxy's page
        }
      }
      this.paused = true;
      this.label(this.pause, words.textResume);
      this.tell(why, true);
    }

    done() {
      const words = this.sender.words;
      this.bar.value = this.bar.max;
      this.tell(words.textDone);
      this.sender.say(`${this.file.name}: ${words.textDone}`);
      this.pause.remove();
      this.sender.open.delete(this);
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: words.name, value: this.upload.url.replace(/\/+$/, "").split("/").pop() });
      this.element.append(field);
    }

    async drop() {
      const words = this.sender.words;
      this.sender.open.delete(this);
      try {
        await this.upload?.abort(true);
      } catch {
        // it runs out by itself
      }
      this.element.remove();
      this.sender.say(`${this.file.name}: ${words.textRemoved}`);
      this.sender.input.focus();
    }
  }

  for (const input of document.querySelectorAll("input[type='file'][data-tus]")) {
    if (window.tus?.isSupported) new Sender(input);
  }
})();
