// Codes are read and made as on the server (app/core/ids.py): a wrong character is known without asking.

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
export const CODE_LENGTH = 12;
const MEANT = { i: "1", l: "1", o: "0" };

/** The code as stored, from whatever way it was typed; null when a character must be wrong. */
export function readCode(text) {
  const typed = [...text.trim().toLowerCase().replaceAll(/[- ]/g, "")].map((character) => MEANT[character] ?? character);
  const values = typed.map((character) => ALPHABET.indexOf(character));
  if (values.length !== CODE_LENGTH || values.includes(-1)) return null;
  return checkOf(values.slice(0, -1)) === values.at(-1) ? typed.join("") : null;
}

function checkOf(values) {
  let check = 0;
  for (const value of values) {
    check = (check ^ value) << 1;
    if (check & 0b100000) check ^= 0b100101;
  }
  return check;
}

/** For an order that the server does not know yet: it keeps this code, so what is printed now is good for ever. */
export function freshCode() {
  const values = [...crypto.getRandomValues(new Uint8Array(CODE_LENGTH - 1))].map((byte) => byte & 31);
  return [...values, checkOf(values)].map((value) => ALPHABET[value]).join("");
}

/** A key for one request. (crypto.randomUUID is missing where a shop's server has no certificate.) */
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
