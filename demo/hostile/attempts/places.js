/** Frames in places where they must not be. Realm: host page (hostile). */
import { frameOrigin, hello, rawFrame, refused, strangerOrigin, succeeded, welcomed } from "./bench.js";

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
