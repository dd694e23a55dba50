/**
 * Listens to everything that a page can hear, before anything else runs: messages, ports, events, errors, the console,
 * performance entries. What a hostile page would do to steal a key; the tests look through `heard` for one.
 * A classic script, so that it comes before the element's own. Realm: host page.
 */
(() => {
  const heard = [];
  /** Ports that came with a welcome, with the nonce they answered and the window they came from. */
  const ports = [];
  const note = (via, data) => heard.push({ via, data: spelled(data) });

  function spelled(data) {
    if (data instanceof Error) return `${data.name}: ${data.message}\n${data.stack}`;
    try {
      return JSON.stringify(data) ?? String(data);
    } catch {
      return String(data);
    }
  }

  addEventListener(
    "message",
    (event) => {
      note(`message from ${event.origin}`, event.data);
      for (const port of event.ports) {
        ports.push({ port, nonce: event.data?.nonce, source: event.source });
        port.addEventListener("message", (inner) => note("port", inner.data));
      }
    },
    true,
  );

  const dispatch = EventTarget.prototype.dispatchEvent;
  EventTarget.prototype.dispatchEvent = function (event) {
    note(`event ${event.type}`, event.detail);
    return dispatch.call(this, event);
  };

  addEventListener("error", (event) => note("error", event.error ?? event.message), true);
  addEventListener("unhandledrejection", (event) => note("rejection", event.reason));
  addEventListener("securitypolicyviolation", (event) => note("violation", event.blockedURI));
  for (const level of ["log", "info", "warn", "error", "debug"]) {
    const write = console[level];
    console[level] = (...words) => {
      note(`console.${level}`, words);
      write.apply(console, words);
    };
  }
  for (const type of PerformanceObserver.supportedEntryTypes ?? []) {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) note(`performance ${type}`, entry.toJSON?.() ?? entry.name);
    });
    observer.observe({ type, buffered: true });
  }
  window.heard = heard;
  window.heardPorts = ports;
})();
