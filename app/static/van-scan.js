// The bag in the driver's hand. Its code, or its ticket number, says which stop it is for; that is known without signal too.

import { watchCamera } from "./camera.js";
import { readCode } from "./codes.js";

/** Whether this is the bag of that stop: {order, number}. */
const isOf = ({ order, number }, text) => readCode(text) === order || text.trim().replace(/^#/, "") === number;
const isField = (element) => Boolean(element?.matches?.("input, textarea, select"));

export function watchScans() {
  for (const form of document.querySelectorAll("form[data-scans]")) {
    const field = form.querySelector("[data-takes-keys]");
    const scanned = () => (form.dataset.scans === "find" ? find(form, field) : check(form, field));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // a scanner ends with it, and nothing has been handed over by that
      scanned();
    });
    field.addEventListener("change", scanned);
    if (form.dataset.scans === "find") form.addEventListener("submit", (event) => { event.preventDefault(); scanned(); });
    watchCamera(form, (code) => { field.value = code; scanned(); });
  }
}

// A scanner types like a keyboard. What it types while nothing has the focus goes where codes belong.
addEventListener("keydown", (event) => {
  if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.altKey || event.metaKey || isField(document.activeElement)) return;
  const field = [...document.querySelectorAll("[data-takes-keys]")].find((one) => one.closest("[hidden]") === null);
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
  field?.select();
});

/** The code to be sent along, or an empty text where nothing was scanned. */
export function check(form, field = form.querySelector("[data-takes-keys]")) {
  const stop = form.closest("[data-stop]").dataset;
  const text = field.value.trim();
  const right = isOf(stop, text);
  answer(form, text === "" ? "" : right ? "right" : readCode(text) || /^#?\d+$/.test(text) ? "wrong" : "misread");
  field.setCustomValidity(text === "" || right ? "" : form.querySelector("[data-scan-answer]").textContent.trim());
  return right ? stop.order : "";
}

function find(form, field) {
  const text = field.value.trim();
  if (text === "") return;
  const stop = [...document.querySelectorAll("[data-stop][data-order]")].find(({ dataset }) => isOf(dataset, text));
  if (stop) return location.assign(stop.querySelector(".row-link").href);
  answer(form, readCode(text) || /^#?\d+$/.test(text) ? "wrong" : "misread");
  field.select();
}

function answer(form, name) {
  const words = name && form.querySelector(`template[data-answer=${name}]`).content.cloneNode(true);
  form.querySelector("[data-scan-answer]").replaceChildren(...(words ? [words] : []));
}
