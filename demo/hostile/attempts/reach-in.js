/** Reaching into the frame from outside: its document, its storage, its pixels. Realm: host page (hostile). */
import { frameOrigin, iframeOf, mustThrow, pause, refused, SILENCE_MS, succeeded, together } from "./bench.js";

/** What HTML lets any page see of any window: handles and numbers, no content. */
const HARMLESS = [
  "window",
  "self",
  "location",
  "close",
  "closed",
  "focus",
  "blur",
  "frames",
  "length",
  "top",
  "opener",
  "parent",
  "postMessage",
  "then",
];

export const reachIn = [
  {
    id: "read-document",
    title: "Read the frame's document",
    run: ({ victim }) => {
      const iframe = iframeOf(victim);
      return together([
        mustThrow("contentDocument", () => iframe.contentDocument),
        mustThrow("getSVGDocument()", () => iframe.getSVGDocument()),
        mustThrow("contentWindow.document", () => iframe.contentWindow.document),
        mustThrow("contentWindow.location.href", () => iframe.contentWindow.location.href),
        mustThrow("contentWindow.frameElement", () => iframe.contentWindow.frameElement),
      ]);
    },
  },
  {
    id: "read-properties",
    title: "Read any other property of the frame's window",
    run: ({ victim }) => {
      const frame = iframeOf(victim).contentWindow;
      const names = [...new Set([...Object.getOwnPropertyNames(window), "wisp", "recorder", "state", "name", "eval"])];
      const asked = names.filter((name) => !HARMLESS.includes(name) && !/^\d+$/.test(name));
      return together([
        ...asked.map((name) => mustThrow(name, () => frame[name])).filter(([result]) => result === "succeeded"),
        refused(`${asked.length} names asked for, none readable`),
      ]);
    },
  },
  {
    id: "read-storage",
    title: "Read the frame's storage",
    run: async ({ victim }) => {
      const frame = iframeOf(victim).contentWindow;
      const ours = [
        ...Object.keys(localStorage),
        ...Object.keys(sessionStorage),
        ...(await indexedDB.databases()).map(({ name }) => name),
        ...(await caches.keys()),
        document.cookie,
      ].filter(Boolean);
      return together([
        ...["localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"].map((name) =>
          mustThrow(name, () => frame[name]),
        ),
        ours.length > 0
          ? succeeded(`found in this page's own storage: ${ours}`)
          : refused("nothing in this page's own storage"),
      ]);
    },
  },
  {
    id: "run-script",
    title: "Run a script inside the frame",
    run: async ({ victim }) => {
      const iframe = iframeOf(victim);
      const outcome = together([
        mustThrow("eval", () => iframe.contentWindow.eval("1")),
        mustThrow("Function", () => iframe.contentWindow.Function("return 1")()),
        mustThrow("location = javascript:", () => {
          iframe.contentWindow.location = "javascript:parent.postMessage('pwned', '*')";
        }),
      ]);
      await pause(SILENCE_MS);
      return window.heard.some(({ data }) => data === '"pwned"') ? succeeded("the script ran") : outcome;
    },
  },
  {
    id: "take-picture",
    title: "Draw the frame's pixels into a canvas",
    run: async ({ victim }) => {
      const iframe = iframeOf(victim);
      const context = document.createElement("canvas").getContext("2d");
      const bitmap = await createImageBitmap(iframe).then(
        () => succeeded("createImageBitmap"),
        (error) => refused(`createImageBitmap: ${error.name}`),
      );
      return together([mustThrow("drawImage", () => context.drawImage(iframe, 0, 0)), bitmap]);
    },
  },
  {
    id: "fetch-frame",
    title: "Fetch the frame's document and its relay from here",
    run: async () => {
      const paths = [
        "/frame/recorder",
        "/frame/player",
        "/v/AAAAAAAAAAAAAAAAAAAAAA",
        "/api/clips/AAAAAAAAAAAAAAAAAAAAAA",
        "/healthz",
      ];
      return together(
        await Promise.all(
          paths.map((path) =>
            fetch(frameOrigin + path).then(
              (response) => succeeded(`${path} answered ${response.status}`),
              (error) => refused(`${path}: ${error.name}`),
            ),
          ),
        ),
      );
    },
  },
];
