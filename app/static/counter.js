// The counter with a keyboard and a scanner. Nothing here is needed to get work done; it only makes it quicker.

import { readCode } from "./counter-codes.js";
import { watchOutbox } from "./counter-outbox.js";
import { watchOrderForm } from "./counter-order.js";
import { watchScans } from "./counter-scan.js";
import { watchBoard } from "./counter-board.js";

const box = document.getElementById("field-q");
const keys = document.getElementById("keys");
const rooms = new Map([...document.querySelectorAll("a[data-key]")].map((link) => [link.dataset.key, link.href]));
// Where a page has a field for scans of its own, what nobody else takes goes there.
const taker = () => document.querySelector("[data-takes-keys]") ?? box;
const isField = (element) => Boolean(element?.matches?.("input, textarea, select"));

watchOutbox();
watchOrderForm();
watchScans();
watchBoard();

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
for (const button of document.querySelectorAll("[data-keys]")) button.addEventListener("click", () => keys.showModal());

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || keys.open) return;
  const active = document.activeElement;
  if (event.key === "F2") {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (rooms.has(event.key)) {
    event.preventDefault();
    location.assign(rooms.get(event.key));
  } else if (event.key === "?" && (!isField(active) || active.value === "" || active.type === "number")) {
    event.preventDefault();
    keys.showModal();
  } else if (event.key.length === 1 && event.key !== " " && !isField(active)) {
    taker().focus(); // the character follows the focus
  }
});

// A scanner types a whole code in an instant and ends with Enter. In a field that was not meant for it, that would be a thousand
// pieces and an order placed: so the form is put back as it was, and the code goes where codes belong.
const INSTANT = 60; // milliseconds between two keys; fingers are slower
let run = { text: "", at: 0, before: [] };

addEventListener("keydown", (event) => {
  const active = document.activeElement;
  if (event.key === "Enter") {
    const code = event.timeStamp - run.at < INSTANT && active !== taker() && active !== box ? readCode(run.text) : null;
    if (code !== null) {
      event.preventDefault();
      event.stopImmediatePropagation();
      for (const [field, value] of run.before) field.value = value;
      const field = taker();
      field.value = code;
      field.form.requestSubmit();
    }
    run = { text: "", at: 0, before: [] };
  } else if (event.key.length === 1) {
    if (event.timeStamp - run.at > INSTANT) {
      run = { text: "", at: 0, before: [...(active?.form?.elements ?? [])].map((field) => [field, field.value]) };
    }
    run.text += event.key;
    run.at = event.timeStamp;
  }
}, { capture: true });
