// What makes pages quicker or calmer where scripts run. Nothing here is needed to get work done.

const root = document.documentElement;

// Light and dark. A choice equal to the system's is forgotten, so that the page follows the system again.
for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  const name = () => {
    button.setAttribute("aria-label", root.dataset.bsTheme === "dark" ? button.dataset.toLight : button.dataset.toDark);
  };
  button.addEventListener("click", () => {
    const wanted = root.dataset.bsTheme === "dark" ? "light" : "dark";
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    root.dataset.bsTheme = wanted;
    try {
      if (wanted === system) localStorage.removeItem("theme");
      else localStorage.setItem("theme", wanted);
    } catch {
      // storage may be switched off: the choice then lasts for this page
    }
  });
  new MutationObserver(name).observe(root, { attributeFilter: ["data-bs-theme"] });
  name();
}

// A form on its way says so, and is not sent twice. Coming back with the browser's button finds it usable again.
for (const form of document.querySelectorAll("form[method=post]")) {
  if (form.target) continue; // its answer opens elsewhere, and this page stays as it is
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// What was typed as a password can be looked at.
for (const button of document.querySelectorAll("[data-reveals]")) {
  const input = document.getElementById(button.dataset.reveals);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
}

// What is shown once can be copied.
for (const button of document.querySelectorAll("[data-copies]")) {
  const input = document.getElementById(button.dataset.copies);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(input.value);
    button.querySelector("span").textContent = button.dataset.copied;
  });
}

// On a phone the rooms stand in one line: the one we are in is to be seen.
document.querySelector(".rail-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// Rows of a list are chosen for one form: all at once, and counted.
for (const button of document.querySelectorAll("[data-chooses]")) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][form="${button.dataset.chooses}"]`)];
  const words = document.querySelector(`[data-counts="${button.dataset.chooses}"]`);
  const count = () => { words.textContent = words.dataset.words.replace("{count}", boxes.filter((box) => box.checked).length); };
  button.hidden = false;
  button.addEventListener("click", () => {
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  count();
}

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Whoever signs out takes along what the van and the counter keep for times without a server. The van's own pages see to that themselves.
if (!document.querySelector("meta[name=van-person]")) {
  for (const form of document.querySelectorAll("form[action$='/logout']")) {
    form.addEventListener("submit", () => { for (const kept of ["van-pages", "counter-pages"]) window.caches?.delete(kept); });
  }
}
