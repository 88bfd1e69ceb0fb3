// Parts of a page that stay true by themselves: <div id="…" data-live="/where">. They are asked for anew while somebody looks at
// the page, which costs an empty answer while nothing has changed, and drawn anew only where they say something new.

const EVERY = 10_000;
const parts = [...document.querySelectorAll("[data-live]")];
const pause = document.querySelector("[data-pause]");
const tags = new Map();

async function tick() {
  if (pause?.getAttribute("aria-pressed") === "true" || document.visibilityState !== "visible") return;
  for (const address of new Set(parts.map((part) => part.dataset.live))) tags.set(address, await renew(address, tags.get(address)));
}

if (parts.length > 0) {
  pause?.addEventListener("click", () => {
    pause.setAttribute("aria-pressed", String(pause.getAttribute("aria-pressed") !== "true"));
    tick();
  });
  document.addEventListener("visibilitychange", tick); // whoever comes back does not look at old news
  addEventListener("outbox-sent", tick);
  setInterval(tick, EVERY);
}

async function renew(address, tag) {
  try {
    const headers = { Accept: "text/html", ...(tag && { "If-None-Match": tag }) };
    const answer = await fetch(address, { headers, cache: "no-store" });
    if (answer.redirected || answer.status === 401) return location.reload(); // signed out: the page itself asks to sign in
    if (answer.status !== 200) return tag;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts) swap(part, page.getElementById(part.id));
    return answer.headers.get("ETag");
  } catch {
    return tag; // the server is away; the page stays as it was
  }
}

/** Whoever was at a link with the keyboard is there still. */
function swap(part, fresh) {
  if (fresh === null || part.innerHTML === fresh.innerHTML) return;
  const at = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const [left, top] = [part.scrollLeft, part.scrollTop];
  part.replaceChildren(...fresh.childNodes);
  [part.scrollLeft, part.scrollTop] = [left, top];
  if (at !== null) part.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
}
