// The counter with a keyboard and a scanner. Nothing here is needed to get work done; it only makes it quicker.

import { CODE_LENGTH, readCode } from "./codes.js";
import { watchAway } from "./counter-away.js";
import { watchOutbox } from "./counter-outbox.js";
import { watchOrderForm } from "./counter-order.js";
import { watchScans } from "./counter-scan.js";
import "./live.js";

const box = document.getElementById("field-q");
const keys = document.getElementById("keys");
const rooms = new Map([...document.querySelectorAll("a[data-key]")].map((link) => [link.dataset.key, link.href]));
// Where a page has a field for scans of its own, what nobody else takes goes there.
const taker = () => document.querySelector("[data-takes-keys]") ?? box;
const isField = (element) => Boolean(element?.matches?.("input, textarea, select"));

// On a small screen the rooms are a strip; the one we are in is to be seen.
const here = document.querySelector(".rail-nav [aria-current]");
if (here !== null) here.closest(".rail-nav").scrollLeft = here.offsetLeft - here.offsetWidth;
if (document.activeElement === box) box.select(); // what was refused is replaced by the next scan
watchOutbox();
watchOrderForm();
watchScans();
watchAway(new URL(box.form.action).pathname.replace(/find$/, ""));

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => {
    document.documentElement.dataset.printing = button.dataset.print; // a label and a receipt go to different rolls
    print();
  });
}
addEventListener("afterprint", () => { delete document.documentElement.dataset.printing; });
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
    taker().focus(); // the character follows the focus, and takes the place of what was there
    taker().select();
  }
});

// A scanner types a whole code in an instant and ends with Enter. In a field that was not meant for it, that would be a thousand
// pieces and an order placed: so the form is put back as it was, and the code goes where codes belong. What has letters and digits
// and the right check character is a code at any speed; what could be a name or a number is one only if no finger is that fast.
const INSTANT = 60; // milliseconds between two keys
const run = []; // the last twelve characters, with when they came and what the form held before

addEventListener("keydown", (event) => {
  const active = document.activeElement;
  if (event.key === "Enter") {
    const code = active === taker() || active === box ? null : scannedCode(event.timeStamp);
    if (code !== null) {
      event.preventDefault();
      event.stopImmediatePropagation();
      for (const [field, value] of run[0].before) field.value = value;
      const field = taker();
      field.value = code;
      field.form.requestSubmit();
    }
    run.length = 0;
  } else if (event.key.length === 1) {
    run.push({ key: event.key, at: event.timeStamp, before: [...(active?.form?.elements ?? [])].map((field) => [field, field.value]) });
    if (run.length > CODE_LENGTH) run.shift();
  }
}, { capture: true });

function scannedCode(now) {
  const text = run.map(({ key }) => key).join("");
  const instant = run.every(({ at }, place) => (run[place + 1]?.at ?? now) - at < INSTANT);
  const mixed = /\d/.test(text) && /[a-z]/i.test(text);
  return /^\w+$/.test(text) && (mixed || instant) ? readCode(text) : null;
}
