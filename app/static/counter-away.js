// What is there of the counter while the server is away (templates/employee/service_worker.js keeps it).

export async function watchAway(home) {
  navigator.serviceWorker?.register(`${home}service-worker.js`).catch(() => {});
  const places = [...document.querySelectorAll("[data-if-kept]")];
  if (!places.length || !("caches" in window)) return;
  for (const place of places) place.hidden = !(await caches.match(place.querySelector("a").href));
}
