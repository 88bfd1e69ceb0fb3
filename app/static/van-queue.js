// What a driver did, on this phone until the office has it. Every entry has an id of its own, so however often it is sent it happens
// once; and it belongs to whoever did it: nobody else sends it or sees it.

const STORE = "entries";
const AT_ONCE = 50;
const PATIENCE_MS = 120_000; // a photo over a bad line
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("van", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "clientId" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// Resolves when it is written down, not when it was asked for.
async function within(mode, ask) {
  const transaction = (await open()).transaction(STORE, mode, { durability: "strict" });
  const asked = ask(transaction.objectStore(STORE));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  return asked.result;
}

export const put = (entry) => within("readwrite", (store) => store.put(entry));
const remove = (clientId) => within("readwrite", (store) => store.delete(clientId));

// One at a time, in all windows of this browser: what is being sent is not forgotten at that moment.
const alone = (work) => (navigator.locks ? navigator.locks.request("van-queue", work) : work());

export const forget = (clientId) => alone(() => remove(clientId));

// In the order in which things happened.
export async function all() {
  const entries = await within("readonly", (store) => store.getAll());
  return entries.sort((one, other) => one.at.localeCompare(other.at));
}

export async function record(entry) {
  await put({ ...entry, clientId: crypto.randomUUID(), at: new Date().toISOString() });
  navigator.storage?.persist?.(); // asks the browser not to throw it away when the phone is full
}

// Resolves to {state, stops}. state: "sent", "no-signal", "signed-out" or "others"; stops: what the office says of each now.
export const send = (person) => alone(() => sendAll(person));

async function sendAll(person) {
  const mine = (await all()).filter((entry) => entry.person === person && !entry.refused?.final);
  const stops = [];
  try {
    for (let from = 0; from < mine.length; from += AT_ONCE) {
      const entries = await withPictures(mine.slice(from, from + AT_ONCE));
      if (entries.length) stops.push(...(await deliver(entries, person)));
    }
    return { state: "sent", stops };
  } catch (stopped) {
    return { state: stopped.state ?? "no-signal", stops };
  }
}

// A picture goes first, because its entry names it. One that is refused keeps its own entry back and no other.
async function withPictures(entries) {
  const ready = [];
  for (const entry of entries) {
    for (const kind of ["photo", "signature"]) {
      if (!entry.pictures?.[kind] || entry.data[kind]) continue;
      const [status, answer] = await post("files", entry.person, entry.pictures[kind], entry.pictures[kind].type);
      if (status === 201) entry.data[kind] = answer.id;
      entry.refused = status === 201 ? undefined : { code: "picture", error: answer.error, final: false };
      await put(entry);
      if (entry.refused) break;
    }
    if (entry.refused?.code !== "picture") ready.push(entry);
  }
  return ready;
}

async function deliver(entries, person) {
  const events = entries.map(({ clientId, type, deliveryId, at, data }) => ({ clientId, type, deliveryId, at, data }));
  const [status, answers] = await post("sync", person, JSON.stringify({ events }), "application/json");
  if (status !== 200) throw { state: "no-signal" };
  const stops = [];
  for (const [place, { status, error, code, state, final, delivery }] of answers.entries()) {
    const entry = entries[place];
    if (status !== "refused") await remove(entry.clientId);
    else await put({ ...entry, refused: { error, code, state, final }, data: code === "no_such_proof" ? without(entry.data) : entry.data });
    if (delivery) stops.push(delivery);
  }
  return stops;
}

const without = ({ photo, signature, ...data }) => data; // they are uploaded once more

async function post(door, person, body, type) {
  const answer = await fetch(`/worker/api/${door}?worker=${person}`, {
    method: "POST", body, headers: { "Content-Type": type, Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.status === 401) throw { state: "signed-out" };
  if (answer.status === 403) throw { state: "others" };
  if (answer.status === 429 || answer.status >= 500) throw { state: "no-signal" };
  return [answer.status, await answer.json()];
}
