/** Attributes and configuration as weapons. Realm: host page (hostile). */
import { call, fateOf, iframeOf, livePort, mount, pause, refused, SILENCE_MS, succeeded, together } from "./bench.js";

const MARKUP = `"><img src=x onerror="parent.postMessage('pwned','*')"><script>parent.postMessage('pwned','*')</script>`;
const HUGE = "x".repeat(8_000_000);

const frameOrigins = () => [
  "javascript:parent.postMessage('pwned','*')",
  "data:text/html,<script>parent.postMessage('pwned','*')</script>",
  URL.createObjectURL(new Blob(["<script>parent.postMessage('pwned','*')</script>"], { type: "text/html" })),
  location.origin,
  `${location.origin.toUpperCase()}/`,
  "about:blank",
  "file:///",
  "",
  "//",
];

export const attributes = [
  {
    id: "recipient-markup",
    title: "Markup as recipient",
    run: async () => {
      const element = mount({ recipient: MARKUP });
      const fate = await fateOf(element);
      await pause(SILENCE_MS);
      element.remove();
      if (wasPwned()) return succeeded("the markup ran");
      return fate === "ready" ? refused("shown as text, if at all") : ["unseen", `the frame said ${fate}`];
    },
  },
  {
    id: "recipient-huge",
    title: "Eight million letters as recipient",
    run: () => survives({ recipient: HUGE }),
  },
  {
    id: "recipient-not-text",
    title: "Objects, numbers and lists as recipient",
    run: () =>
      survives({}, [
        { recipient: { a: 1 } },
        { recipient: 7 },
        { recipient: ["a"] },
        { recipient: null },
        null,
        7,
        "text",
      ]),
  },
  {
    id: "limits",
    title: "A billion seconds, zero leases, minus one",
    run: async ({ victim }) => {
      for (const seconds of ["0", "-1", "NaN", "1e9"]) victim.setAttribute("max-seconds", seconds);
      for (const leases of ["0", "-1", "1e9"]) victim.setAttribute("max-leases", leases);
      const alive = await call(livePort(victim).port, ["nothing"], []);
      return alive
        ? ["unseen", "sent; whether it was believed shows in the frame only"]
        : succeeded("the frame died of it");
    },
  },
  {
    id: "poisoned-configuration",
    title: "Configuration with a prototype of its own",
    run: async ({ victim }) => {
      const config = Object.defineProperty({}, "__proto__", { value: { exposeLink: true }, enumerable: true });
      const reply = await call(livePort(victim).port, ["configure"], [config]);
      return reply ? ["unseen", "sent; it worked if a link comes after Send"] : succeeded("the frame died of it");
    },
  },
  {
    id: "late-expose-link",
    title: "Ask for the link when the recording is already under way",
    run: async ({ victim }) => {
      victim.setAttribute("expose-link", "");
      await pause(SILENCE_MS);
      return ["unseen", "asked; it worked if a link comes after Send"];
    },
  },
  {
    id: "frame-origin",
    title: "Another frame origin: javascript:, data:, blob:, our own",
    run: async () => {
      const outcomes = [];
      for (const origin of frameOrigins()) {
        const element = document.createElement("wisp-recorder");
        element.setAttribute("frame-origin", origin);
        const fate = fateOf(element, SILENCE_MS);
        document.getElementById("bench").append(element);
        const code = await fate;
        const name = origin.slice(0, 20) || "(empty)";
        outcomes.push(iframeOf(element) ? succeeded(`${name} was mounted`) : refused(`${name}: ${code}`));
        element.remove();
      }
      return wasPwned() ? succeeded("its script ran") : together(outcomes);
    },
  },
];

/** The frame must still answer after what it was given. */
async function survives(attributes, configs = []) {
  const element = mount(attributes);
  const fate = await fateOf(element);
  const live = livePort(element);
  if (fate !== "ready" || !live) return succeeded(`the frame did not come up: ${fate}`);
  for (const config of configs) await call(live.port, ["configure"], [config]);
  const alive = await call(live.port, ["nothing"], [], 5_000);
  element.remove();
  return alive ? refused("left out; the frame still answers") : succeeded("the frame died of it");
}

function wasPwned() {
  return window.heard.some(({ data }) => data === '"pwned"');
}
