// Keeps the van's pages on the phone. Its files belong to one version and are replaced together; its pages belong to whoever is
// signed in, and go when they sign out. What was done without signal is not here but in van-queue.js.

const FILES = {{ files | tojson }};
const SHELL = "van-shell-{{ version }}";
const PAGES = "van-pages"; // van.js puts today's stops in
const START = {{ url_for("worker.home") | tojson }};
const OFFLINE = {{ url_for("worker.offline") | tojson }};
const SIGNING = [{{ url_for("worker.sign_in") | tojson }}, {{ url_for("worker.sign_out") | tojson }}];
const PATIENCE_MS = 5000; // a bad connection is worse than none: then the copy is shown
const paths = new Set(FILES.map((file) => new URL(file, location).pathname));

addEventListener("install", (event) => {
  const fresh = FILES.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(fresh)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => event.waitUntil(moveIn()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate" && pathname.startsWith(START)) {
    event.respondWith(request.method === "GET" ? page(request, pathname) : sent(request, pathname));
  } else if (request.method === "GET" && paths.has(pathname) && pathname !== OFFLINE) event.respondWith(file(request));
});

async function moveIn() {
  const old = (await caches.keys()).filter((name) => name.startsWith("van-shell-") && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

// A page of another version asks for files by another version's name. Without signal the ones that are here must do.
async function file(request) {
  const shell = await caches.open(SHELL);
  const exact = await shell.match(request);
  return exact ?? fetch(request).catch(async () => (await shell.match(request, { ignoreSearch: true })) ?? Response.error());
}

async function page(request, path) {
  const kept = await (await caches.open(PAGES)).match(path);
  try {
    const answer = await (kept ? Promise.race([fetch(request), late()]) : fetch(request));
    // Sent to the sign-in page: the session is over, and with it what was kept for it.
    if (answer.type === "opaqueredirect") await caches.delete(PAGES);
    else if (answer.ok && kept) await (await caches.open(PAGES)).put(path, answer.clone());
    return answer.status >= 500 && kept ? kept : answer;
  } catch {
    return kept ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
}

const late = () => new Promise((_, refuse) => setTimeout(refuse, PATIENCE_MS));

async function sent(request, path) {
  try {
    const answer = await fetch(request);
    if (SIGNING.includes(path)) await caches.delete(PAGES);
    return answer;
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}
