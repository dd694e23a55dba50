/**
 * The SFU among the services: given by its address, found, built, or absent. Part of services.ts; nothing is embedded,
 * because nothing else passes sealed media on.
 */
import { join } from "node:path";
import { buildLivekit, findLivekit } from "./build-livekit.ts";
import { givenUrl } from "./given-url.ts";
import { canBuild } from "./go-program.ts";
import { type OwnSfu, reserveAccess, type SfuAccess, startLivekit } from "./livekit.ts";
import type { Print } from "./programs.ts";
import type { Part, ServicesOptions } from "./services.ts";

/**
 * - `auto`: LIVEKIT_URL with its key from the environment, else a program found on the machine, else absent
 * - `auto-build`: the same, but built in the background rather than absent, if Go is on PATH
 * - `required`: a fresh server of our own, built if missing
 * - `absent`: rooms without media
 */
export type MediaChoice = "auto" | "auto-build" | "required" | "absent";

const LATER = "rooms have no video and sound until it is there";

/** @throws Error in one sentence if a required one can't be had */
export async function startMedia(options: ServicesOptions): Promise<Part> {
  const { env = process.env, dataDir, logDir = join(dataDir, "logs"), media = "absent" } = options;
  if (media === "absent") return { found: {} };
  const print: Print = (line) => options.print(`media     ${line}`);
  const logFile = join(logDir, "livekit.log");
  const known = media === "required" ? null : givenAccess(env, print);
  if (known) return { found: { livekit: known } };
  const found = findLivekit(env);
  if (found === null && media === "auto-build" && canBuild(env)) return buildAside({ env, logFile, print });
  const binary = found ?? (media === "required" ? await buildLivekit(print, { env }) : null);
  if (binary === null) {
    print(`absent: no livekit-server on this machine (put it on PATH, or set LIVEKIT_URL); ${LATER}`);
    return { found: {} };
  }
  const sfu = await startLivekit({ binary, logFile });
  print(`found ${binary}, started at ${new URL(sfu.url).host}`);
  return { found: { livekit: accessOf(sfu), sfu }, stop: () => sfu.stop() };
}

function givenAccess(env: NodeJS.ProcessEnv, print: Print): SfuAccess | null {
  const { LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET } = env;
  if (!LIVEKIT_URL) return null;
  if (!LIVEKIT_API_KEY || !LIVEKIT_API_SECRET)
    throw new Error("LIVEKIT_URL needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET");
  return { url: givenUrl(LIVEKIT_URL, "LIVEKIT_URL", print), key: LIVEKIT_API_KEY, secret: LIVEKIT_API_SECRET };
}

/** Its address is told now, and it answers there once it is built. */
async function buildAside({
  env,
  logFile,
  print,
}: {
  env: NodeJS.ProcessEnv;
  logFile: string;
  print: Print;
}): Promise<Part> {
  const access = await reserveAccess();
  const ending = new AbortController();
  let sfu: OwnSfu | undefined;
  print(`building in the background; ${LATER}`);
  const building = buildLivekit(print, { env, signal: ending.signal })
    .then(async (binary) => {
      sfu = await startLivekit({ binary, logFile, access });
      print(`built, started at ${new URL(access.url).host}: rooms have video and sound from now on`);
    })
    .catch((error: Error) => {
      if (!ending.signal.aborted) print(`absent: ${error.message.split("\n")[0]}; ${LATER}`);
    });
  const stop = async (): Promise<void> => {
    ending.abort();
    await building;
    await sfu?.stop();
  };
  return { found: { livekit: access }, stop };
}

const accessOf = ({ url, key, secret }: SfuAccess): SfuAccess => ({ url, key, secret });
