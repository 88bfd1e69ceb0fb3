// Keeps the counter going while the server is away: its files, the page to take orders on, and the stations this browser stood at.
// They are shown only when the server does not answer, and go when somebody signs out. What was entered is in counter-outbox.js.

const FILES = {{ files | tojson }};
const SHELL = "counter-{{ version }}";
const PAGES = "counter-pages";
const HOME = {{ url_for("employee.home") | tojson }};
const NEW_ORDER = {{ url_for("employee.new_order") | tojson }};
const AWAY = {{ url_for("employee.away") | tojson }};
const STATION = new RegExp(`^${HOME}scan/[a-z]+$`);
const SIGNING = [{{ url_for("employee.sign_in") | tojson }}, {{ url_for("employee.sign_out") | tojson }}];
const PATIENCE = 5000; // milliseconds; somebody is standing at the counter

addEventListener("install", (event) => event.waitUntil(moveIn()));
addEventListener("activate", (event) => event.waitUntil(clearUp()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (SIGNING.includes(url.pathname)) event.waitUntil(caches.delete(PAGES));
  else if (request.method === "GET" && request.mode === "navigate" && url.pathname.startsWith(HOME)) event.respondWith(page(request, url));
  else if (request.method === "GET" && FILES.includes(url.pathname + url.search)) event.respondWith(file(request));
});

async function moveIn() {
  const fresh = FILES.map((name) => new Request(name, { cache: "reload" }));
  await (await caches.open(SHELL)).addAll(fresh);
  await (await caches.open(PAGES)).addAll([NEW_ORDER, AWAY]).catch(() => {}); // signed out: it comes with the first visit
  await skipWaiting();
}

async function clearUp() {
  const old = (await caches.keys()).filter((name) => name.startsWith("counter-") && name !== SHELL && name !== PAGES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function file(request) {
  return (await (await caches.open(SHELL)).match(request)) ?? fetch(request);
}

async function page(request, url) {
  const pages = await caches.open(PAGES);
  try {
    const answer = await Promise.race([fetch(request), late()]);
    if (answer.status >= 502) throw new Error("nobody is behind the proxy");
    if (answer.ok && worthKeeping(url)) await pages.put(url.pathname, answer.clone());
    if (answer.ok && !(await pages.match(AWAY))) await pages.addAll([NEW_ORDER, AWAY]).catch(() => {});
    return answer;
  } catch {
    return (await pages.match(url.pathname)) ?? (await pages.match(AWAY)) ?? Response.error();
  }
}

/** A customer's own new order is for that moment only. */
const worthKeeping = ({ pathname, search }) => (pathname === NEW_ORDER && search === "") || STATION.test(pathname);
const late = () => new Promise((_, refuse) => setTimeout(refuse, PATIENCE));
