/** Forged, repeated and misdirected messages. Realm: host page (hostile). */
import {
  call,
  fateOf,
  frameOrigin,
  freshNonce,
  hello,
  iframeOf,
  livePort,
  mount,
  openPort,
  pause,
  rawFrame,
  refused,
  SILENCE_MS,
  succeeded,
  together,
  welcomed,
} from "./bench.js";

/** What Penpal finds by name on an ordinary object, and what a recorder's own code is called. */
const UNLISTED = [
  ["constructor"],
  ["__proto__"],
  ["toString"],
  ["hasOwnProperty"],
  ["configure", "constructor"],
  ["configure", "call"],
  ["__proto__", "constructor"],
  ["start"],
  ["record"],
  ["send"],
  ["openDevices"],
  ["stop"],
  ["link"],
  ["raise"],
  [],
];

export const messages = [
  {
    id: "second-hello",
    title: "Say hello a second time",
    run: async ({ victim }) => {
      const frame = iframeOf(victim).contentWindow;
      const from = window.heardPorts.length;
      frame.postMessage(hello(), frameOrigin);
      return (await welcomed(frame, from)) ? succeeded("a second port was given") : refused("no answer");
    },
  },
  {
    id: "replayed-hello",
    title: "Repeat the hello that was answered",
    run: async ({ victim }) => {
      const frame = iframeOf(victim).contentWindow;
      const first = livePort(victim);
      const from = window.heardPorts.length;
      frame.postMessage(hello(first.nonce), frameOrigin);
      return (await welcomed(frame, from)) ? succeeded("the old nonce was answered again") : refused("no answer");
    },
  },
  {
    id: "hello-from-other-window",
    title: "Say hello from another window of this page, before the page does",
    run: async () => {
      const iframe = await rawFrame();
      const accomplice = document.createElement("iframe");
      document.getElementById("bench").append(accomplice);
      let theirs;
      accomplice.contentWindow.addEventListener("message", (event) => {
        theirs = event.ports[0];
      });
      accomplice.contentWindow.eval("(frame, message, origin) => frame.postMessage(message, origin)")(
        iframe.contentWindow,
        hello(),
        frameOrigin,
      );
      const early = await welcomed(iframe.contentWindow);
      // The control: the page itself is answered, so the silence before meant refusal.
      iframe.contentWindow.postMessage(hello(), frameOrigin);
      const own = await welcomed(iframe.contentWindow, 0, 5_000);
      for (const each of [iframe, accomplice]) each.remove();
      if (early || theirs) return succeeded("another window was welcomed");
      return own ? refused("no answer to it, one to the page") : ["unseen", "the frame answers nobody"];
    },
  },
  {
    id: "hello-to-popup",
    title: "Open the frame in a window of its own and say hello as its opener",
    run: async () => {
      const popup = open(`${frameOrigin}/frame/recorder`, "_blank", "width=320,height=320");
      if (!popup) return refused("the browser opened no window");
      await pause(2_000);
      popup.postMessage(hello(), frameOrigin);
      const port = await welcomed(popup);
      let document = "unreadable";
      try {
        document = String(popup.document);
      } catch {
        // As it should be.
      }
      popup.close();
      return port || document !== "unreadable"
        ? succeeded(`a port: ${Boolean(port)}, its document: ${document}`)
        : refused("no answer");
    },
  },
  {
    id: "misshapen-hello",
    title: "Say hello in wrong versions, shapes and sizes",
    run: async () => {
      const iframe = await rawFrame();
      const nonce = freshNonce();
      const shapes = [
        null,
        "hello",
        7,
        [],
        { ...hello(), version: 0 },
        { ...hello(), version: "1" },
        { ...hello(), nonce: `${nonce}A` },
      ];
      shapes.push(
        { ...hello(), nonce: { toString: 1 } },
        { whatping: "welcome", version: 1, nonce },
        new Uint8Array(1 << 20),
      );
      for (const shape of shapes) iframe.contentWindow.postMessage(shape, frameOrigin);
      const port = await welcomed(iframe.contentWindow);
      iframe.remove();
      return port ? succeeded("one of them was answered") : refused("no answer");
    },
  },
  {
    id: "forged-welcome",
    title: "Answer the element in the frame's place",
    run: async ({ victim }) => {
      const { port1, port2 } = new MessageChannel();
      const source = iframeOf(victim).contentWindow;
      const data = { whatping: "welcome", version: 1, nonce: livePort(victim).nonce };
      let spoken = false;
      port1.addEventListener("message", () => {
        spoken = true;
      });
      port1.start();
      postMessage(data, location.origin, [port2]);
      dispatchEvent(new MessageEvent("message", { data, origin: frameOrigin, source }));
      await pause(SILENCE_MS);
      return spoken
        ? succeeded("the element talked to the forged port")
        : refused("the element listens to its first port only");
    },
  },
  {
    id: "forged-port",
    title: "Hand the frame a port of our own, past the handshake",
    run: async ({ victim }) => {
      const frame = iframeOf(victim).contentWindow;
      const { port1, port2 } = new MessageChannel();
      let spoken = false;
      port1.addEventListener("message", () => {
        spoken = true;
      });
      port1.start();
      const syn = { namespace: "penpal", type: "SYN", participantId: "forged" };
      frame.postMessage(syn, frameOrigin, [port2]);
      frame.postMessage(
        { namespace: "penpal", type: "CALL", id: "x", methodPath: ["configure"], args: [{ exposeLink: true }] },
        frameOrigin,
      );
      port1.postMessage(syn);
      await pause(SILENCE_MS);
      const alive = await call(livePort(victim).port, ["nothing"], []);
      if (spoken) return succeeded("the frame talked on the forged port");
      return alive ? refused("no answer, and the true port still works") : succeeded("the true port is dead");
    },
  },
  {
    id: "unlisted-methods",
    title: "Call methods that nobody listed, through the recording frame's own port",
    run: async ({ victim }) => {
      const { port } = livePort(victim);
      const replies = await Promise.all(UNLISTED.map((path) => call(port, path, [{}])));
      return together(replies.map((reply, index) => outcomeOf(reply, UNLISTED[index])));
    },
  },
  {
    id: "misshapen-calls",
    title: "Call in shapes that are no calls",
    run: async ({ victim }) => {
      const { port } = livePort(victim);
      const paths = [null, "configure", { reduce: "configure" }, [["send"]], [null], new Array(10_000).fill("a")];
      const replies = await Promise.all(paths.map((path) => call(port, path, [{}])));
      for (const args of ["not a list", null, [], [null], new Array(1_000).fill({})])
        await call(port, ["configure"], args);
      const alive = await call(port, ["nothing"], []);
      if (!alive) return succeeded("the port is dead");
      return together(replies.map((reply, index) => outcomeOf(reply, [`shape ${index + 1}`])));
    },
  },
  {
    id: "own-handshake",
    title: "Shake hands without the element, then call what is not listed",
    run: async () => {
      const iframe = await rawFrame();
      iframe.contentWindow.postMessage(hello(), frameOrigin);
      const answer = await welcomed(iframe.contentWindow, 0, 5_000);
      if (!answer) return ["unseen", "the frame answers nobody"];
      await openPort(answer.port);
      const allowed = await call(answer.port, ["configure"], [{}]);
      const replies = await Promise.all(UNLISTED.map((path) => call(answer.port, path, [{}])));
      iframe.remove();
      if (!allowed || allowed.isError) return ["unseen", "not even configure() is answered"];
      return together(replies.map((reply, index) => outcomeOf(reply, UNLISTED[index])));
    },
  },
  {
    id: "start-by-message",
    title: "Start the camera by configuration",
    run: async () => {
      const element = mount();
      if ((await fateOf(element)) !== "ready") return ["unseen", "the frame did not come up"];
      const steps = [];
      element.addEventListener("wisp-step", (event) => steps.push(event.detail.step));
      const { port } = livePort(element);
      const commands = [
        { start: true },
        { step: "recording" },
        { mode: "camera", autoStart: true },
        { action: "record" },
      ];
      for (const command of commands) await call(port, ["configure"], [command]);
      await pause(SILENCE_MS);
      element.remove();
      return steps.length > 0 ? succeeded(`it went to ${steps}`) : refused("it stays where it was");
    },
  },
  {
    id: "synthetic-clicks",
    title: "Click and type inside the frame by script",
    run: async () => {
      const element = mount();
      if ((await fateOf(element)) !== "ready") return ["unseen", "the frame did not come up"];
      const steps = [];
      element.addEventListener("wisp-step", (event) => steps.push(event.detail.step));
      const iframe = iframeOf(element);
      iframe.focus();
      for (const target of [element, iframe]) {
        for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) {
          target.dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true, clientX: 60, clientY: 180 }));
        }
        for (const key of ["Enter", " ", "Tab"])
          target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
      }
      await pause(SILENCE_MS);
      element.remove();
      return steps.length > 0 ? succeeded(`it went to ${steps}`) : refused("nothing inside hears it");
    },
  },
];

/** A refusal is an error reply, or none at all; a stack that names more than the error is a leak. */
function outcomeOf(reply, path) {
  const name = path.join(".") || "(empty)";
  if (!reply) return refused(`${name}: no answer`);
  return reply.isError
    ? refused(`${name}: ${reply.value?.penpalCode ?? reply.value?.name ?? "error"}`)
    : succeeded(`${name} answered`);
}
