/** A room's methods as weapons: wrong types, floods, and what raises exposure. Realm: host page (hostile). */
import { call, livePort, pause, refused, SILENCE_MS, succeeded, together } from "./bench.js";

const READY_MS = 12_000;
const FLOOD = 300;
/** ms for all of it to be refused */
const FLOOD_MS = 20_000;
/** What no page may call, and what a room's own code is called. */
const UNLISTED = [
  "turn",
  "enter",
  "start",
  "endForAll",
  "renewLink",
  "changeRules",
  "say",
  "invite",
  "agree",
  "admit",
  "record",
  "constructor",
  "__proto__",
];
const WRONG = [
  null,
  undefined,
  7,
  "constructor",
  "__proto__",
  "toString",
  ["microphone"],
  { toString: "microphone" },
  "",
];

export const room = [
  {
    id: "room-unlisted",
    title: "Call what a room never listed: enter, invite, end for all",
    run: () =>
      withRoom(async ({ port }) => {
        const replies = await Promise.all(UNLISTED.map((name) => call(port, [name], ["microphone", true])));
        return together(
          replies.map((reply, i) =>
            reply && !reply.isError ? succeeded(`${UNLISTED[i]} answered`) : refused(`${UNLISTED[i]}: error`),
          ),
        );
      }),
  },
  {
    id: "room-wrong-types",
    title: "Call a room's methods with what they don't take",
    run: () =>
      withRoom(async ({ port, heard }) => {
        const outcomes = [];
        for (const method of ["lower", "ask", "open", "layout"]) {
          for (const argument of WRONG) {
            const reply = await call(port, [method], [argument]);
            const name = `${method}(${String(JSON.stringify(argument))})`;
            outcomes.push(reply?.isError ? refused(name) : succeeded(`${name} was answered`));
          }
        }
        return heard.length > 0 ? succeeded(`it told ${heard}`) : together(outcomes);
      }),
  },
  {
    id: "room-raise",
    title: "Turn on microphone and camera without a click: by attributes, methods, configuration",
    run: () =>
      withRoom(async ({ element, port, heard }) => {
        for (const name of ["microphone", "camera"])
          for (const value of ["ask", "on", "true"]) element.setAttribute(name, value);
        void element.askToUnmute().catch(() => undefined);
        const config = { microphone: "on", camera: true, sources: { microphone: "on" }, turn: ["camera", true] };
        await call(port, ["configure"], [config]);
        await call(port, ["lower"], ["microphone", true]);
        await call(port, ["ask"], ["camera", true, { answer: true }]);
        await pause(SILENCE_MS);
        return heard.length > 0 ? succeeded(`it told ${heard}`) : refused("nothing is on");
      }),
  },
  {
    id: "room-flood",
    title: "Ask hundreds of times to turn on the microphone",
    run: () =>
      withRoom(async ({ element, heard }) => {
        const codes = [];
        for (let i = 0; i < FLOOD; i++) {
          const answer = i % 2 ? element.askToUnmute() : element.askToStartCamera();
          void answer.then(
            (value) => codes.push(`answer ${value}`),
            ({ code }) => codes.push(code),
          );
        }
        // One stands until the person answers, or for half a minute.
        const until = performance.now() + FLOOD_MS;
        while (codes.length < FLOOD - 1 && performance.now() < until) await pause(50);
        await pause(SILENCE_MS);
        const answers = [...new Set(codes)].join();
        if (heard.length > 0 || codes.length < FLOOD - 1) {
          return succeeded(`${FLOOD - codes.length} questions stand; it told ${heard}`);
        }
        return answers === "asked-too-often" ? refused("one question; the others are refused") : ["unseen", answers];
      }),
  },
  {
    id: "room-rude-name",
    title: "Read people from a room's events: names, keys, links",
    run: () =>
      withRoom(async ({ element, port }) => {
        await call(port, ["configure"], [{ name: "Victim Geheim" }]);
        element.setAttribute("name", "Victim Geheim");
        await pause(SILENCE_MS);
        const told = window.heard.filter(({ via }) => /^event whatping/.test(via)).map(({ data }) => data);
        return /Geheim|#[hs]=/.test(told.join()) ? succeeded(told.join()) : refused("states only");
      }),
  },
];

/** A room of our own that waits for a name, and whatever it tells of the person's devices. */
async function withRoom(attack) {
  const element = document.createElement("whatping-room");
  const heard = [];
  element.addEventListener("whatping-media", ({ detail }) => heard.push(JSON.stringify(detail)));
  const ready = new Promise((resolve) => {
    element.addEventListener("whatping-phase", () => resolve(true), { once: true });
    setTimeout(resolve, READY_MS);
  });
  document.getElementById("bench").append(element);
  try {
    if (!(await ready)) return ["unseen", "the frame did not come up"];
    const { port } = livePort(element);
    return await attack({ element, port, heard });
  } finally {
    element.remove();
  }
}
