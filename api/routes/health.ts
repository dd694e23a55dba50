/**
 * Whether this process lives, whether it can serve, and what its problem codes mean. Realm: server; nothing of a clip.
 * Source: product.md O3, RFC 9457 §3.1.1 (a problem's type should lead to its description).
 */
import { isApiCode, PROBLEMS, Refusal } from "./problems.ts";
import { answer, type Route, type Services, type Step } from "./route.ts";
import * as schemas from "./schemas.ts";

/** ms that store and blobs get to answer: longer than a probe usually waits would be no answer. */
const READY_MS = 3_000;

export function healthRoutes(services: Services): Route[] {
  return [
    {
      method: "GET",
      path: "/healthz",
      summary: "The process lives.",
      answers: { 200: schemas.status },
      problems: [],
      steps: [alive],
    },
    {
      method: "GET",
      path: "/readyz",
      summary: "Store and blobs answer, and the process is not about to end.",
      answers: { 200: schemas.status },
      problems: ["storage-unavailable", "shutting-down"],
      steps: [ready(services)],
    },
    {
      method: "GET",
      path: "/problems/:code",
      summary: "What a problem code means, in one line.",
      answers: { 200: "text/plain" },
      problems: ["no-such-route"],
      steps: [problemInWords],
    },
  ];
}

const alive: Step = (ctx) => {
  answer(ctx, { status: "alive" });
};

function ready(services: Services): Step {
  return async function storeAndBlobs(ctx) {
    if (services.draining) throw new Refusal("shutting-down");
    const pings = Promise.all([services.store.ping(), services.blobs.ping()]).then(
      () => true,
      () => false,
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), READY_MS);
    });
    const isReady = await Promise.race([pings, late]);
    clearTimeout(timer);
    if (!isReady) throw new Refusal("storage-unavailable");
    answer(ctx, { status: "ready" });
  };
}

const problemInWords: Step = (ctx) => {
  const code = ctx.params.code ?? "";
  if (!isApiCode(code)) throw new Refusal("no-such-route");
  ctx.type = "text/plain; charset=utf-8";
  ctx.body = `${PROBLEMS[code].join(": ")}\n`;
};
