/**
 * What the attempts share: frames of their own to attack beside the one that records, and what counts as an outcome.
 * Realm: host page (hostile).
 *
 * An outcome is `[result, detail]`. Results: `refused`, `succeeded`, `detected` (the frame asked before it went on),
 * `undetected` (it did nothing against it), `unseen` (this page can't tell; only a look into the frame can).
 */

/** ms in which an answer would have come, had there been one. */
export const SILENCE_MS = 800;
const READY_MS = 12_000;

export const frameOrigin = document.querySelector('meta[name="frame-origin"]').content;
export const strangerOrigin = document.querySelector('meta[name="stranger-origin"]').content;

export const refused = (detail) => ["refused", detail];
export const succeeded = (detail) => ["succeeded", detail];

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs what must throw. */
export function mustThrow(name, attack) {
  try {
    const got = attack();
    return got === null || got === undefined
      ? refused(`${name}: ${got}`)
      : succeeded(`${name} gave ${String(got).slice(0, 80)}`);
  } catch (error) {
    return refused(`${name}: ${error.name}`);
  }
}

/** Several outcomes as one: any success counts. */
export function together(outcomes) {
  const worst = outcomes.find(([result]) => result === "succeeded");
  return worst ?? refused(outcomes.map(([, detail]) => detail).join("; "));
}

/** The iframe inside a sealed element. */
export function iframeOf(element) {
  return element.shadowRoot.querySelector("iframe");
}

/** A sealed element of our own; its life ends with `remove()`. */
export function mount(attributes = {}, tag = "wisp-recorder") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.getElementById("bench").append(element);
  return element;
}

/** Resolves with "ready", or with the code of the refusal, or with "silence". */
export function fateOf(element, ms = READY_MS) {
  return new Promise((resolve) => {
    element.addEventListener("wisp-ready", () => resolve("ready"));
    element.addEventListener("wisp-error", (event) => resolve(event.detail.code));
    setTimeout(() => resolve("silence"), ms);
  });
}

/** The frame's document without the element around it, to shake hands by hand. */
export async function rawFrame(path = "/frame/recorder", parent = document.getElementById("bench")) {
  const iframe = document.createElement("iframe");
  const loaded = new Promise((resolve) => iframe.addEventListener("load", resolve, { once: true }));
  iframe.src = frameOrigin + path;
  parent.append(iframe);
  await loaded;
  return iframe;
}

export function hello(nonce = freshNonce()) {
  return { whatping: "hello", version: 1, nonce };
}

export function freshNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** The port of a welcome from this window that came after `from` of the list, or undefined after a silence. */
export async function welcomed(source, from = 0, ms = SILENCE_MS) {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    const found = window.heardPorts.slice(from).find((entry) => entry.source === source);
    if (found) return found;
    await pause(20);
  }
  return undefined;
}

/** The port of a frame that shook hands with its element. */
export function livePort(element) {
  const source = iframeOf(element)?.contentWindow;
  return window.heardPorts.find((entry) => entry.source === source);
}

let calls = 0;

/** Sends a call as Penpal writes it, and resolves with the reply, or undefined after a silence. */
export function call(port, methodPath, args, ms = SILENCE_MS) {
  const id = `hostile-${calls++}`;
  return new Promise((resolve) => {
    const listen = ({ data }) => {
      if (data?.type === "REPLY" && data.callId === id) done(data);
    };
    const done = (reply) => {
      port.removeEventListener("message", listen);
      resolve(reply);
    };
    port.addEventListener("message", listen);
    port.start();
    port.postMessage({ namespace: "penpal", type: "CALL", id, methodPath, args });
    setTimeout(done, ms);
  });
}

/** Penpal's own handshake on a port, as the element would do it. */
export async function openPort(port) {
  port.addEventListener("message", ({ data }) => {
    if (data?.type === "SYN") port.postMessage({ namespace: "penpal", type: "SYN", participantId: "!" });
    if (data?.type === "ACK1") port.postMessage({ namespace: "penpal", type: "ACK2" });
  });
  port.start();
  port.postMessage({ namespace: "penpal", type: "SYN", participantId: "!" });
  await pause(SILENCE_MS / 2);
}
