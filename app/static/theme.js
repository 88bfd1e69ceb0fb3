// Light or dark is settled before anything is painted, so that no page flashes. Without a choice the system's setting holds.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be switched off; then the system decides
    }
  };
  const apply = () => { root.dataset.bsTheme = chosen() ?? (system.matches ? "dark" : "light"); };

  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", apply); // the same site in another tab
})();
