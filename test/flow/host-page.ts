/**
 * A customer's page for journeys: another site than the frame, under a strict policy of its own.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface HostPage {
  readonly origin: string;
  /** The page with this markup in its body, at `<origin>/`. */
  show(markup: string): void;
  allowFrameOrigin(origin: string): void;
  close(): Promise<void>;
}

/** What the page's own server sends: nothing runs but its frame's script, nothing inline. */
function policy(frameOrigin: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${frameOrigin}`,
    "style-src 'self'",
    `frame-src ${frameOrigin}`,
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

export async function openHostPage(): Promise<HostPage> {
  let body = "";
  let frameOrigin = "";
  const server = createServer((request, response) => {
    if (request.url === "/record.js") {
      response.writeHead(200, { "content-type": "text/javascript" });
      response.end(RECORD_EVENTS);
      return;
    }
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy(frameOrigin),
    });
    response.end(
      `<!doctype html><title>A shop</title><script src="/record.js"></script>` +
        `<script type="module" src="${frameOrigin}/whatping.js"></script>${body}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    show: (markup) => {
      body = markup;
    },
    allowFrameOrigin: (origin) => {
      frameOrigin = origin;
    },
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

/** Writes down all that the page hears: events of the elements, messages, violations of its policy. */
const RECORD_EVENTS = `
window.heard = [];
for (const name of ["wisp-ready", "wisp-step", "wisp-progress", "wisp-sent", "wisp-receipt", "wisp-error", "whatping-ready", "whatping-phase", "whatping-people", "whatping-lobby", "whatping-participant-joined", "whatping-participant-left", "whatping-media", "whatping-participant-media", "whatping-speaking", "whatping-quality", "whatping-connection", "whatping-devices", "whatping-decryption-failed", "whatping-decryption-resumed", "whatping-error"]) {
  addEventListener(name, (event) => heard.push({ name, detail: event.detail }));
}
addEventListener("message", (event) => heard.push({ name: "message", detail: event.data }));
addEventListener("securitypolicyviolation", (event) => heard.push({ name: "violation", detail: event.blockedURI + " " + event.violatedDirective }));
`;
