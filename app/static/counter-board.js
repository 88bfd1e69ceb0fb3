// The board stays true by itself: asked anew every few seconds while somebody can see it, drawn anew only when it says something new.

const EVERY = 10_000;

export function watchBoard() {
  const button = document.querySelector("[data-pause]");
  if (button === null) return;
  let etag = null;
  let paused = false;
  const tick = async () => {
    if (!paused && document.visibilityState === "visible") etag = await renew(etag);
  };
  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    tick();
  });
  document.addEventListener("visibilitychange", tick); // whoever comes back does not look at old news
  addEventListener("outbox-sent", tick);
  setInterval(tick, EVERY);
}

async function renew(etag) {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html", ...(etag && { "If-None-Match": etag }) } });
    if (response.redirected) return location.reload(); // signed out: the page itself asks to sign in
    if (response.status !== 200) return etag;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["board", "board-count"]) swap(id, page);
    return response.headers.get("ETag");
  } catch {
    return etag; // the server is away; the board stays as it was
  }
}

/** Only what is different, and whoever was at a card with the keyboard is there still. */
function swap(id, page) {
  const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
  if (fresh === null || old.innerHTML === fresh.innerHTML) return;
  const at = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const [left, top] = [old.scrollLeft, old.scrollTop];
  old.replaceChildren(...fresh.childNodes);
  [old.scrollLeft, old.scrollTop] = [left, top];
  if (at !== null) old.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus();
}
