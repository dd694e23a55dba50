/**
 * LiveKit's program, the SFU that passes sealed media on: found, or built from its source by Go. The tests build it and
 * wait; `npm start` builds it in the background.
 */
import { buildGoProgram, findGoProgram, type GoProgram } from "./go-program.ts";
import type { Print } from "./programs.ts";

const LIVEKIT: GoProgram = {
  title: "LiveKit",
  name: "livekit-server",
  variable: "LIVEKIT_BIN",
  // Newer tags have replace directives, with which `go install` refuses them.
  source: "github.com/livekit/livekit-server/cmd/server@v1.13.5",
  minutes: 4,
};

/** Path of a livekit-server that is already here (LIVEKIT_BIN, PATH, caches), or null. */
export const findLivekit = (env: NodeJS.ProcessEnv = process.env): string | null => findGoProgram(LIVEKIT, env);

/** Builds LiveKit into the user's cache. @throws Error if Go is missing or fails, or the signal came. */
export const buildLivekit = (
  print: Print,
  options: { readonly env?: NodeJS.ProcessEnv; readonly signal?: AbortSignal } = {},
): Promise<string> => buildGoProgram(LIVEKIT, { print, ...options });
