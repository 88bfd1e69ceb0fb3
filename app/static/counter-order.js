// A new order by keyboard: quantities, the running total, and the way to the server and, when that is away, into the outbox.

import { freshCode, freshKey } from "./codes.js";
import { keep, post, signInFirst } from "./counter-outbox.js";
import { barsOf, printSlip } from "./counter-slip.js";

const language = document.documentElement.lang;

export function watchOrderForm() {
  const form = document.getElementById("order-form");
  if (form === null) return;
  name(form); // the page may be a copy, from before the server was away
  const picks = [...form.querySelectorAll(".pick")].map((row) => ({ row, input: row.querySelector("input") }));
  for (const { row, input } of picks) {
    row.querySelector("[data-less]").addEventListener("click", () => step(input, -1));
    row.querySelector("[data-more]").addEventListener("click", () => step(input, 1));
    input.addEventListener("focus", () => input.select()); // what is typed replaces what was there
    input.addEventListener("keydown", (event) => key(event, picks, input));
  }
  form.addEventListener("input", () => reckon(form, picks));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    send(form, picks);
  });
  reckon(form, picks);
}

/** What this order is known by, whenever and however often it is sent. */
function name(form) {
  form.elements.idempotencyKey.value = freshKey();
  form.elements.code.value = freshCode();
}

function key(event, picks, input) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "+" || event.key === "-") {
    event.preventDefault();
    step(input, event.key === "+" ? 1 : -1);
  } else if (/^\p{L}$/u.test(event.key)) {
    event.preventDefault();
    const here = picks.findIndex((pick) => pick.input === input);
    const inTurn = [...picks.slice(here + 1), ...picks.slice(0, here + 1)];
    inTurn.find(({ row }) => begins(row, event.key))?.input.focus();
  }
}

const nameOf = (row) => row.querySelector(".pick-name").textContent.trim();
const begins = (row, letter) => nameOf(row).toLowerCase().startsWith(letter.toLowerCase());
const count = (input) => Math.max(0, Math.trunc(Number(input.value)) || 0);

function step(input, by) {
  input.value = String(Math.min(Number(input.max), Math.max(0, count(input) + by)));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function reckon(form, picks) {
  const chosen = picks.filter(({ input }) => count(input) > 0);
  for (const { row, input } of picks) row.toggleAttribute("data-chosen", count(input) > 0);
  const last = chosen.reduce((latest, { row }) => (!latest || row.dataset.due > latest.dataset.due ? row : latest), null);
  const total = chosen.reduce((sum, { row, input }) => sum + Number(row.dataset.price) * count(input), 0);
  const put = (name, text) => { form.querySelector(`#running [data-${name}]`).textContent = text; };
  put("count", String(chosen.reduce((sum, { input }) => sum + count(input), 0)));
  put("ready", last?.dataset.dueWords ?? "–");
  put("total", money(form, total));
}

const money = (form, amount) => new Intl.NumberFormat(language, { style: "currency", currency: form.dataset.currency }).format(amount);

async function send(form, picks) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const button = form.querySelector("button[type=submit]");
  button.setAttribute("aria-busy", "true");
  const entry = entryOf(form, picks);
  const answer = await post(entry.url, entry.body, entry.key);
  if (answer?.moved) return location.assign(answer.url);
  if (answer?.status === 401) return signInFirst(entry);
  button.removeAttribute("aria-busy");
  delete form.dataset.busy;
  if (answer === null) return keepForLater(form, picks, entry);
  const again = answer.page.getElementById("order-form");
  if (again === null) return form.submit(); // whatever page that is, it is to be seen whole
  form.replaceWith(again);
  watchOrderForm();
  again.querySelector("[autofocus]")?.focus();
}

function entryOf(form, picks) {
  const who = form.querySelector("[data-who]")?.textContent ?? form.elements.customerName.value;
  const chosen = picks.filter(({ input }) => count(input) > 0);
  const lines = chosen.map(({ row, input }) => [`${count(input)} ×`, nameOf(row), money(form, Number(row.dataset.price) * count(input))]);
  const body = new URLSearchParams(new FormData(form)).toString();
  const title = `${who}: ${lines.map(([pieces, service]) => `${pieces} ${service}`).join(", ")}`;
  return { url: form.action, body, key: form.elements.idempotencyKey.value, title, slip: slipOf(form, who, lines) };
}

function slipOf(form, who, lines) {
  const code = form.elements.code.value;
  const said = (place) => form.querySelector(`#running [data-${place}]`).textContent;
  const phone = form.querySelector("[data-phone]")?.textContent ?? form.elements.customerPhone.value;
  const at = new Date().toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  const written = { wanted: form.elements.pickupDate.value, notes: form.elements.specialInstructions.value };
  return { code, bars: barsOf(code, form.dataset.bars.split(" ")), who, phone, at, lines, ready: said("ready"), total: said("total"), ...written };
}

/** The server cannot say what is missing, so the browser does. */
function keepForLater(form, picks, entry) {
  if (!picks.some(({ input }) => count(input) > 0)) return picks[0]?.input.focus();
  if (!form.reportValidity()) return;
  keep(entry);
  forSomebodyElse(form, picks);
  const button = document.querySelector("[data-slip-now]");
  button.onclick = () => {
    printSlip(entry.slip);
    form.elements.customerName.focus();
  };
  button.focus(); // as on the page where a label is printed
}

/** The page cannot be fetched anew, so this one is made ready for the next customer. */
function forSomebodyElse(form, picks) {
  form.querySelector("[data-on-file]")?.remove();
  const fields = form.querySelector("[data-walk-in]");
  fields.hidden = fields.disabled = false;
  for (const field of form.querySelectorAll("input:not([type=hidden]), textarea")) field.value = "";
  name(form);
  document.getElementById("kept").hidden = false;
  reckon(form, picks);
}
