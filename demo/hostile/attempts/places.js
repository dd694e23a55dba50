/** Frames in places where they must not be, and people's clicks led astray. Realm: host page (hostile). */
import {
  fateOf,
  frameOrigin,
  hello,
  mount,
  pause,
  rawFrame,
  refused,
  SILENCE_MS,
  strangerOrigin,
  succeeded,
  welcomed,
} from "./bench.js";

/** ms: a blocked frame still fires `load`, so an element learns of it by its own time-out of 10 s. */
const REPORT_MS = 20_000;

export const places = [
  {
    id: "stranger-origin",
    title: "Mount it on an origin that is not allowed",
    slow: true,
    run: () => reportFrom({ src: `${strangerOrigin}/stranger.html?as=stranger-origin` }),
  },
  {
    id: "nested-in-stranger",
    title: "Mount it on an allowed origin inside a stranger's page",
    slow: true,
    run: () => reportFrom({ src: `${strangerOrigin}/stranger.html?as=nested-in-stranger&inside=${location.origin}` }),
  },
  {
    id: "opaque-origin",
    title: "Mount it inside a sandbox without an origin",
    slow: true,
    run: () => reportFrom({ src: `${location.origin}/stranger.html?as=opaque-origin`, sandbox: "allow-scripts" }),
  },
  {
    id: "framed-viewer",
    title: "Frame the viewer's own page",
    run: async () => {
      const iframe = await rawFrame("/v/AAAAAAAAAAAAAAAAAAAAAA");
      iframe.contentWindow.postMessage(hello(), frameOrigin);
      const port = await welcomed(iframe.contentWindow);
      iframe.remove();
      return port ? succeeded("it answered") : refused("it does not load here");
    },
  },
  {
    id: "clickjack-opacity",
    title: "Make it invisible over a bait",
    run: () => clickjack("invisible"),
  },
  {
    id: "clickjack-overlay",
    title: "Cover it with a picture that lets clicks through",
    run: () => clickjack("covered"),
  },
];

/** Opens a page that mounts the element and tells how it went. */
function reportFrom(properties) {
  const name = new URL(properties.src).searchParams.get("as");
  const iframe = document.createElement("iframe");
  iframe.allow = "camera *; microphone *";
  if (properties.sandbox) iframe.setAttribute("sandbox", properties.sandbox);
  return new Promise((resolve) => {
    const done = (outcome) => {
      removeEventListener("message", listen);
      iframe.remove();
      resolve(outcome);
    };
    const listen = ({ data }) => {
      if (data?.report !== name) return;
      done(data.welcomed ? succeeded(data.detail) : refused(data.detail));
    };
    addEventListener("message", listen);
    iframe.src = properties.src;
    document.getElementById("bench").append(iframe);
    setTimeout(() => done(["unseen", "no report came back"]), REPORT_MS);
  });
}

/** Reports honestly: as long as the frame does nothing about it, the page can't say more than that. */
async function clickjack(way) {
  const element = mount();
  element.classList.add(way);
  const bait = document.createElement("div");
  bait.className = `bait ${way}`;
  bait.textContent = "Win a teapot";
  document.getElementById("bench").append(bait);
  const fate = await fateOf(element);
  const noticed = await Promise.race([
    new Promise((resolve) => element.addEventListener("wisp-error", (event) => resolve(event.detail.code))),
    pause(SILENCE_MS),
  ]);
  for (const each of [element, bait]) each.remove();
  if (fate !== "ready") return refused(`the frame said ${fate}`);
  return noticed ? refused(noticed) : ["undetected", "the frame said nothing about it"];
}
