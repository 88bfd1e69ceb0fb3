// What was entered while the server was away: kept in this browser, shown as waiting, and sent later, each once. The key that went with
// the first try goes with every other one, so the server knows what it has seen (app/portals/http/once.py).

import { grouped, printSlip } from "./counter-slip.js";

const FORM = "application/x-www-form-urlencoded";
const AWAY = [429, 502, 503, 504]; // what comes back later; a 500 would come back for ever
const PATIENCE = 8000;
const AGAIN_AFTER = 5000;
const TOO_OLD = 46 * 3600 * 1000; // the server knows a key for 48 hours; after that once might become twice

const panel = document.getElementById("outbox");
// What one person entered is not sent in another's name.
const shelf = `fabclean.outbox.${panel?.dataset.account}`;
let sending = false;
let next = 0;
let memory = null; // where storage is switched off, entries last as long as the page

/** A form's answer as a page, or null when nobody answered. */
export async function post(url, body, key) {
  const headers = { "Content-Type": FORM, Accept: "text/html", "Idempotency-Key": key };
  try {
    const response = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
    if (AWAY.includes(response.status)) return null;
    return { status: response.status, url: response.url, moved: response.redirected, page: await pageOf(response) };
  } catch {
    return null;
  }
}

async function pageOf(response) {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

export function keep(entry) {
  store([...load(), { ...entry, at: Date.now(), state: "waiting" }]);
  show("away");
  soon();
}

function soon() {
  clearTimeout(next);
  next = setTimeout(deliver, AGAIN_AFTER);
}

/** The session ended meanwhile. Loading the page again leads to signing in, and back here, where this is sent. */
export function signInFirst(entry) {
  keep(entry);
  location.reload();
}

export const somethingWaits = () => waiting().length > 0;

export function watchOutbox() {
  if (panel === null) return;
  panel.querySelector("[data-send-now]").addEventListener("click", deliver);
  addEventListener("online", deliver);
  addEventListener("storage", () => show());
  show();
  deliver();
}

async function deliver() {
  if (sending || !waiting().length) return;
  sending = true;
  try {
    // Of several windows one sends; where the browser has no locks, the keys alone see to it.
    if (navigator.locks) await navigator.locks.request(shelf, { ifAvailable: true }, (lock) => lock && sendAll());
    else await sendAll();
  } finally {
    sending = false;
    if (waiting().length) soon();
  }
}

async function sendAll() {
  show("sending");
  const known = await whoIsHere();
  if (known === null) return show("away");
  if (known !== panel.dataset.account) return show("sign-in");
  for (const entry of waiting()) {
    if (Date.now() - entry.at > TOO_OLD) {
      change(entry.key, { state: "refused", why: words().old });
      continue;
    }
    const answer = await post(entry.url, entry.body, entry.key);
    if (answer === null) return show("away");
    if (answer.status === 401) return show("sign-in");
    change(entry.key, outcome(answer));
    dispatchEvent(new CustomEvent("outbox-sent"));
  }
  show(load().some((entry) => entry.state === "refused") ? "refused" : "sent");
}

/** Whose session this browser has by now; somebody else may have signed in at another window. null: nobody answers. */
async function whoIsHere() {
  try {
    const response = await fetch(panel.dataset.who, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(PATIENCE) });
    if (AWAY.includes(response.status)) return null;
    return (await pageOf(response)).getElementById("outbox")?.dataset.account ?? "";
  } catch {
    return null;
  }
}

/** A scan that went well is over; an order still wants its label printed, and what was refused wants to be read. */
function outcome(answer) {
  const ticket = answer.page.querySelector("[data-ticket]")?.dataset.ticket;
  if (answer.status < 400) return answer.moved ? { state: "sent", href: answer.url, ticket } : null;
  const found = [...answer.page.querySelectorAll("[data-why], main .field-error span, main [role=alert] p, .plain-title > p.soft, main h1")];
  const reasons = found.some((element) => element.tagName !== "H1") ? found.filter((element) => element.tagName !== "H1") : found;
  return { state: "refused", why: [...new Set(reasons.map((element) => element.textContent.trim()))].join(" ") || words().unread };
}

function show(state) {
  const entries = load();
  const list = panel.querySelector("[data-entries]");
  const mould = panel.querySelector("template[data-entry]");
  list.replaceChildren(...entries.map((entry) => drawn(entry, mould.content.cloneNode(true))));
  const said = state ?? (waiting().length ? "away" : entries.length ? "sent" : "");
  const sentence = said === "sign-in" ? words().signIn : words()[said];
  if (sentence !== undefined) panel.querySelector("[data-outbox-state]").textContent = sentence;
  panel.querySelector("[data-send-now]").hidden = !waiting().length;
  panel.hidden = !entries.length;
}

function drawn(entry, item) {
  const part = (name) => item.querySelector(`[data-${name}]`);
  part("title").textContent = entry.title;
  part("waiting").hidden = entry.state !== "waiting";
  part("refused").hidden = entry.state !== "refused";
  part("sent").hidden = entry.state !== "sent";
  part("reason").hidden = !entry.why;
  part("reason").textContent = entry.why ?? "";
  part("ticket").hidden = !entry.ticket;
  part("ticket").textContent = words().numbered.replace("{number}", entry.ticket);
  part("code").hidden = !entry.slip;
  part("code").textContent = entry.slip ? grouped(entry.slip.code) : "";
  part("slip").hidden = !entry.slip || entry.state !== "waiting";
  part("slip").addEventListener("click", () => printSlip(entry.slip));
  part("open").hidden = !entry.href;
  if (entry.href) part("open").href = entry.href;
  part("open").addEventListener("click", () => change(entry.key, null));
  part("remove").hidden = entry.state === "waiting";
  part("remove").addEventListener("click", () => {
    change(entry.key, null);
    show();
  });
  return item;
}

const words = () => panel.querySelector("template[data-words]").dataset;
const waiting = () => load().filter((entry) => entry.state === "waiting");

function change(key, news) {
  store(load().flatMap((entry) => (entry.key !== key ? [entry] : news === null ? [] : [{ ...entry, ...news }])));
}

function load() {
  if (memory !== null) return memory;
  try {
    return JSON.parse(localStorage.getItem(shelf) ?? "[]");
  } catch {
    return [];
  }
}

function store(entries) {
  try {
    localStorage.setItem(shelf, JSON.stringify(entries));
  } catch {
    memory = entries;
  }
}
