/* The board of hypotheses from the keyboard: arrows move, letters rate. Native selects underneath; without this file they
   are filled in one by one. C, again C: consistent, very consistent; I, again I: inconsistent, very; N neutral; A does not
   apply; Delete, Backspace or 0: blank. Alt and an arrow opens the list as ever. */
"use strict";
(() => {
  const LETTERS = { c: ["C", "CC"], i: ["I", "II"], n: ["N"], a: ["NA"], 0: [""], delete: [""], backspace: [""] };

  function neighbour(select, across, down) {
    const cell = select.closest("td");
    const row = cell.parentElement;
    const rows = [...row.parentElement.rows];
    const place = cell.cellIndex + across;
    for (let at = rows.indexOf(row) + down; at >= 0 && at < rows.length; at += down || rows.length) {
      const found = rows[at].cells[place]?.querySelector("select");
      if (found) return found;
    }
    return null;
  }

  document.addEventListener("htmx:afterRequest", (event) => {
    const table = event.target.closest?.("table[data-saved]");
    const region = document.getElementById("announce");
    if (table && region && event.detail.successful) region.textContent = `${table.dataset.saved} ${event.target.name}`;
  });

  document.addEventListener("keydown", (event) => {
    const select = event.target;
    if (!select.matches?.("table[data-board] select") || event.altKey || event.ctrlKey || event.metaKey) return;
    const inline = document.dir === "rtl" || document.documentElement.dir === "rtl" ? -1 : 1;
    const move = {
      ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-inline, 0], ArrowRight: [inline, 0],
    }[event.key];
    if (move) {
      event.preventDefault();
      neighbour(select, ...move)?.focus();
      return;
    }
    const codes = LETTERS[event.key.toLowerCase()];
    if (!codes) return;
    event.preventDefault();
    const value = codes[(codes.indexOf(select.value) + 1) % codes.length];
    if (select.value === value) return;
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
