// The van's pages on a phone. Whatever a driver does is written down here first and sent after that, with signal or without; the pages
// show what the phone knows. Without scripts the same forms are sent by the browser.

import * as queue from "./van-queue.js";
import { signature, smaller } from "./van-pictures.js";
import { check, watchScans } from "./van-scan.js";

const START = "/worker/";
const PAGES = "van-pages";
const person = Number(document.querySelector("meta[name=van-person]").content) || null;
const AFTER = { start: "STARTED", complete: "DONE", fail: "FAILED" };
const SHORTEST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;
let wait = SHORTEST_WAIT_MS;
let timer;
let unsent = 0;
let state = navigator.onLine ? "sent" : "no-signal";

const one = (selector, within = document) => within.querySelector(selector);
const copy = (selector) => one(selector).content.cloneNode(true);
const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

// ---------------------------------------------------------------- showing

async function show() {
  const entries = await queue.all().catch(() => []);
  const mine = entries.filter((entry) => entry.person === person);
  unsent = mine.length;
  for (const stop of document.querySelectorAll("[data-stop]")) showStop(stop, mine);
  if (/iPhone|iPad/.test(navigator.userAgent)) {
    for (const link of document.querySelectorAll("a[href^='geo:']")) link.href = link.href.replace("geo:0,0", "maps://");
  }
  showStrip(mine, entries.length - mine.length);
  if (one("[data-entries]")) showEntries(mine);
}

function showStop(stop, mine) {
  const here = mine.filter((entry) => entry.deliveryId === Number(stop.dataset.stop));
  const waiting = here.filter((entry) => !entry.refused);
  const status = waiting.length ? AFTER[waiting.at(-1).type] : stop.dataset.status;
  for (const part of stop.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(status);
  stop.classList.toggle("stop-over", ["DONE", "FAILED", "CANCELLED"].includes(status));
  if (!here.length && stop.dataset.shown !== "waiting") return;
  stop.dataset.shown = here.length ? "waiting" : "";
  const badge = here.length > waiting.length ? "refused" : waiting.length ? "waiting" : status;
  one("[data-badges]", stop).replaceChildren(copy(`[data-badge=${badge}]`));
}

// One line at the foot: what matters most now.
function showStrip(mine, others) {
  const refused = mine.filter((entry) => entry.refused).length;
  const name =
    (state === "signed-out" || !person) && mine.length + others ? "signed-out"
    : refused ? "refused"
    : mine.length ? (state === "no-signal" ? "waiting-without" : "waiting")
    : state === "no-signal" ? "no-signal"
    : others ? "others"
    : null;
  const count = { refused, others, "signed-out": mine.length + others }[name] ?? mine.length;
  const strip = name && copy(`[data-strip=${name}]`);
  if (strip) {
    const words = one("span", strip);
    words.textContent = words.textContent.replace("{count}", count).replace("{time}", clock(one("[data-made]")?.dataset.made ?? Date.now()));
  }
  const now = strip ? strip.textContent : "";
  const place = one("[data-strips]");
  if (place.textContent.trim() !== now.trim()) place.replaceChildren(...(strip ? [strip] : []));
}

function showEntries(mine) {
  one("[data-nothing]").hidden = mine.length > 0;
  one("[data-entries]").replaceChildren(...mine.map((entry) => {
    const item = copy("[data-entry]");
    const fill = (name, content) => one(`[data-fill=${name}]`, item).replaceChildren(content);
    one("[data-client-id]", item).dataset.clientId = entry.clientId;
    fill("what", entry.what);
    fill("customer", entry.customer);
    fill("at", clock(entry.at));
    fill("badge", copy(`[data-badge=${entry.refused ? "refused" : "waiting"}]`));
    fill("words", entry.refused ? inWords(entry.refused) : "");
    one("[data-fill=buttons]", item).hidden = !entry.refused;
    one("[data-again]", item).hidden = Boolean(entry.refused?.final);
    return item;
  }));
}

function inWords({ code, error, state: where }) {
  const status = where?.status ?? "";
  const words = one(`[data-refusal="${code} ${status}"]`) ?? one(`[data-refusal="${code}"]`) ?? one("[data-refusal=other]");
  const named = one(`[data-order-status="${status}"]`)?.content.textContent ?? status;
  return words.content.textContent.replace("{status}", named).replace("{sentence}", error);
}

// ---------------------------------------------------------------- sending

// Send what waits, and fetch what is new. Without signal it is tried again, less and less often.
async function work() {
  clearTimeout(timer);
  if (await send()) await keepPages();
  await show();
  if (state === "no-signal") {
    timer = setTimeout(work, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  } else wait = SHORTEST_WAIT_MS;
}

// Resolves to whether the office was there, as far as anybody asked.
async function send() {
  const waiting = (await queue.all().catch(() => [])).filter((entry) => entry.person === person);
  if (!person || !waiting.length) return true;
  const told = await queue.send(person);
  state = told.state;
  for (const { id, status } of told.stops) {
    for (const stop of document.querySelectorAll(`[data-stop="${id}"]`)) stop.dataset.status = status;
  }
  return state === "sent";
}

// ---------------------------------------------------------------- pages without signal

// Today's list and each of its stops, as they are now. What is not in it any more goes.
async function keepPages() {
  if (!person || !("caches" in window)) return;
  try {
    const list = await page(START);
    if (!list) return;
    const html = new DOMParser().parseFromString(await list.clone().text(), "text/html");
    if (Number(one("meta[name=van-person]", html).content) !== person) return;
    const wanted = [`${START}waiting`, ...[...html.querySelectorAll("[data-stop] .row-link")].map((link) => link.getAttribute("href"))];
    const live = one("[data-live]");
    if (live) live.replaceWith(document.adoptNode(one("[data-live]", html)));
    const pages = await caches.open(PAGES);
    await pages.put(START, list);
    await Promise.all(wanted.map((path) => page(path).then((found) => found && pages.put(path, found))));
    for (const { url } of await pages.keys()) {
      const path = new URL(url).pathname;
      if (path !== START && !wanted.includes(path)) await pages.delete(path);
    }
    state = "sent";
  } catch {
    state = "no-signal";
  }
}

async function page(path) {
  const answer = await fetch(path, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    state = "signed-out";
    await caches.delete(PAGES);
  }
  if (answer.status >= 500) throw answer;
  return answer.ok ? answer : null;
}

// ---------------------------------------------------------------- doing

const signatures = new Map();
for (const field of document.querySelectorAll("[data-signature]")) signatures.set(field.closest("form"), signature(field));

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.action.endsWith("/logout") && unsent && !confirm(one("[data-strips]").dataset.leaving)) {
    event.preventDefault();
    return ready(form, event.submitter);
  }
  if (!form.dataset.does || form.dataset.plain) return;
  event.preventDefault();
  const entry = await entryOf(form, event.submitter);
  if (!entry) return;
  try {
    await queue.record(entry);
  } catch {
    form.dataset.plain = "yes"; // the phone keeps nothing (a private window): then the browser sends the form
    return form.submit();
  }
  ready(form, event.submitter);
  if (entry.type !== "start") return location.assign(START);
  await show();
  await work();
});

async function entryOf(form, button) {
  const stop = form.closest("[data-stop]").dataset;
  const entry = { person, type: form.dataset.does, deliveryId: Number(stop.stop), customer: stop.customer, what: form.dataset.what, data: {} };
  if (entry.type === "complete") {
    const name = one("[name=name]", form);
    const [photo] = one("[name=photo]", form).files;
    entry.pictures = { photo: photo && (await smaller(photo)), signature: await signatures.get(form)?.() };
    if (name.value.trim()) entry.data.name = name.value.trim();
    const enough = entry.data.name || entry.pictures.photo || entry.pictures.signature;
    name.setCustomValidity(enough ? "" : form.dataset.needs);
    name.addEventListener("input", () => name.setCustomValidity(""), { once: true });
    const code = check(form);
    if (code) entry.data.code = code;
    if (!form.reportValidity()) return ready(form, button);
  }
  if (entry.type === "fail") {
    const [reason, note] = [one("[name=reason]:checked", form).value, one("[name=note]", form).value.trim()];
    entry.data.reason = [reason === "other" ? "" : reason, note].filter(Boolean).join(": ") || one("[name=reason]:checked", form).parentElement.textContent.trim();
  }
  return entry;
}

// pages.js marks a form that is on its way; this one stays.
function ready(form, button) {
  delete form.dataset.sent;
  button?.removeAttribute("aria-busy");
}

document.addEventListener("click", async ({ target }) => {
  const entry = target.closest("[data-client-id]");
  if (!entry) return;
  const forgetting = target.closest("[data-forget]");
  if (forgetting && confirm(forgetting.dataset.asks.replace("{what}", one("[data-fill=what]", entry).textContent))) {
    await queue.forget(entry.dataset.clientId);
    await show();
  } else if (target.closest("[data-again]")) await work();
});

// ---------------------------------------------------------------- beginning

addEventListener("online", () => { wait = SHORTEST_WAIT_MS; work(); });
addEventListener("offline", () => { state = "no-signal"; show(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) work(); });
navigator.serviceWorker?.register(`${START}service-worker.js`).catch(() => {});
watchScans();
await show();
await work();
