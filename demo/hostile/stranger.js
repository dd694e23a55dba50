/**
 * Mounts the element where it must not work, as itself and by a handshake of its own, and reports how that went: on
 * screen, and to the page that opened it. With `?inside=<origin>` it frames an allowed page instead, which then does it.
 * Realm: host page (hostile).
 */
import { fateOf, frameOrigin, hello, mount, rawFrame, welcomed } from "./attempts/bench.js";

const parameters = new URLSearchParams(location.search);
const name = parameters.get("as") ?? "stranger-origin";
const inside = parameters.get("inside");

if (inside) {
  const iframe = document.createElement("iframe");
  iframe.allow = "camera *; microphone *";
  iframe.src = `${inside}/stranger.html?as=${name}`;
  document.getElementById("bench").append(iframe);
  addEventListener("message", ({ data }) => {
    if (data?.report === name) report(data);
  });
} else {
  const element = mount();
  const fate = fateOf(element);
  const iframe = await rawFrame();
  iframe.contentWindow.postMessage(hello(), frameOrigin);
  const port = await welcomed(iframe.contentWindow, 0, 5_000);
  const code = await fate;
  report({
    report: name,
    welcomed: code === "ready" || Boolean(port),
    detail: `the element: ${code}; by hand: ${port ? "a port" : "no answer"}`,
  });
}

function report(data) {
  const line = document.getElementById("report");
  line.dataset.result = data.welcomed ? "succeeded" : "refused";
  line.textContent = `${line.dataset.result}: ${data.detail}`;
  if (parent !== window) parent.postMessage(data, "*");
}
