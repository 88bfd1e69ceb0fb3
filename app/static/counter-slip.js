// A ticket for an order that is still in the outbox. Its number comes later; its code is the order's own already.

const HEIGHT = 60;
const QUIET = 10; // modules on each side without which no scanner reads it

/** Code 128 in character set B throughout, as app/labels/codes.py draws it; `table` is that one's: a symbol is eleven modules. */
export function barsOf(code, table) {
  const [startB, stop] = [104, 106];
  const values = [startB, ...[...code].map((character) => character.charCodeAt(0) - 32)];
  const check = values.reduce((sum, value, place) => sum + value * Math.max(place, 1), 0) % 103;
  const modules = [...values, check, stop].map((value) => Number(table[value]).toString(2)).join("") + "11";
  const dark = [...modules].flatMap((module, place) => (module === "1" ? [`M${place + QUIET} 0h1v${HEIGHT}h-1z`] : []));
  return { path: dark.join(""), box: `0 0 ${modules.length + 2 * QUIET} ${HEIGHT}` };
}

export const grouped = (code) => code.replace(/(.{4})(?=.)/g, "$1 ");

export function printSlip(slip) {
  const paper = document.getElementById("slip");
  for (const [name, text] of Object.entries({ ...slip, code: grouped(slip.code) })) {
    const place = paper.querySelector(`[data-slip-${name}]`);
    if (place === null) continue;
    place.textContent = text;
    place.closest("[data-optional]")?.toggleAttribute("hidden", !text);
  }
  paper.querySelector("tbody").replaceChildren(...slip.lines.map(lineOf));
  paper.querySelector("svg").setAttribute("viewBox", slip.bars.box);
  paper.querySelector("path").setAttribute("d", slip.bars.path);
  document.documentElement.dataset.printing = "slip";
  print();
}

function lineOf(cells) {
  const row = document.createElement("tr");
  row.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  row.lastElementChild.className = "end";
  return row;
}
