// A part of a page that is asked for again while somebody looks at it: <div data-live="/where">.
// The server says 304 while nothing has changed; a hidden page does not ask.

const EVERY = 15000;

for (const part of document.querySelectorAll("[data-live]")) {
  let tag = "";
  let timer = 0;

  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const headers = tag ? { Accept: "text/html", "If-None-Match": tag } : { Accept: "text/html" };
      const answer = await fetch(part.dataset.live, { headers, cache: "no-store" });
      if (answer.redirected || answer.status === 401) return location.reload(); // signed out: the page itself asks to sign in
      if (answer.status === 200) {
        show(await answer.text());
        tag = answer.headers.get("ETag");
      }
    } catch {
      // without a connection the page stays as it was; it asks again
    }
    timer = setTimeout(ask, EVERY);
  };

  const show = (html) => {
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.innerHTML = html;
    if (focused) part.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  };

  document.addEventListener("visibilitychange", ask);
  timer = setTimeout(ask, EVERY);
}
