// Forms that take one scan after the other: the answer is put into the page, heard as well as read, and the field is free at once.

import { watchCamera } from "./camera.js";
import { freshKey, readCode } from "./codes.js";
import { keep, post, signInFirst, somethingWaits } from "./counter-outbox.js";

// Three sounds that nobody mixes up: up for good, level for done already, down and rough for wrong.
const SOUNDS = {
  good: { shape: "sine", notes: [880, 1320] },
  already: { shape: "triangle", notes: [587, 587] },
  wrong: { shape: "sawtooth", notes: [196, 131] },
};
const NOTE = 0.09; // seconds
let speaker = null;
let turn = Promise.resolve();

export function watchScans() {
  const form = document.querySelector("form[data-swaps]");
  if (form === null) return;
  const field = form.querySelector("[data-takes-keys]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const code = field.value.trim();
    field.value = "";
    field.focus();
    if (code === "") return;
    // In the order they were scanned, however fast the scanner is.
    turn = turn.then(() => scan(form, code));
  });
  watchCamera(document, (code) => {
    field.value = code;
    form.requestSubmit();
  });
}

async function scan(form, code) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("code", code);
  const entry = { url: form.action, body: fields.toString(), key: freshKey(), title: `${form.dataset.place}: ${code}` };
  // What waits goes first: two scans of one thing mean something else the other way round.
  const answer = somethingWaits() ? null : await post(entry.url, entry.body, entry.key);
  if (answer === null) return away(code, entry);
  if (answer.status === 401) return signInFirst(entry);
  if (answer.page.getElementById("answer") === null) return seeWhole(form, code);
  for (const id of form.dataset.swaps.split(" ")) {
    const fresh = answer.page.getElementById(id);
    if (fresh === null) continue;
    document.getElementById(id).replaceWith(fresh);
    for (const button of fresh.querySelectorAll("form[method=post]")) sendOnce(button);
  }
  sound(document.getElementById("answer")?.dataset.outcome);
}

/** Whatever page that is, it is to be seen as it is. */
function seeWhole(form, code) {
  form.elements.code.value = code;
  form.submit();
}

/** What pages.js does for the forms that were in the page from the start. */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

/** A wrong character needs no server to be known; everything else waits for it. */
function away(code, entry) {
  const wrong = readCode(code) === null && !/^#?\d{1,9}$/.test(code);
  const mould = document.querySelector(`template[data-answer=${wrong ? "mistyped" : "kept"}]`);
  const answer = mould.content.cloneNode(true).querySelector("#answer");
  answer.querySelector("[data-code]").textContent = code;
  document.getElementById("answer").replaceWith(answer);
  sound(wrong ? "wrong" : "already");
  if (!wrong) keep(entry);
}

function sound(outcome) {
  const { shape, notes } = SOUNDS[outcome] ?? SOUNDS.wrong;
  try {
    speaker ??= new AudioContext();
    speaker.resume();
    notes.forEach((pitch, place) => {
      const voice = new OscillatorNode(speaker, { type: shape, frequency: pitch });
      const volume = new GainNode(speaker, { gain: 0.2 });
      voice.connect(volume).connect(speaker.destination);
      voice.start(speaker.currentTime + place * NOTE);
      voice.stop(speaker.currentTime + (place + 1) * NOTE);
    });
  } catch {
    // no loudspeaker: colour and words say the same
  }
}
