/**
 * Small acts of sabotage, each of which must turn its named test red. A test that stays green under its patch tests
 * nothing. Used by `npm run sabotage`.
 */
import { apiPatches } from "./patches/api.ts";
import { callMediaPatches } from "./patches/call-media.ts";
import { callViewPatches } from "./patches/call-view.ts";
import { elementPatches } from "./patches/element.ts";
import { eyePatches } from "./patches/eye.ts";
import { lobbyPatches } from "./patches/lobby.ts";
import { maliciousSfuPatches } from "./patches/malicious-sfu.ts";
import { roomMediaPatches } from "./patches/room-media.ts";
import { roomViewPatches } from "./patches/room-view.ts";
import { roomPatches } from "./patches/rooms.ts";
import { signalPatches } from "./patches/signals.ts";
import { widgetPatches } from "./patches/widget.ts";

export interface Patch {
  /** what the patch does, as the table shows it */
  name: string;
  /** path from the root */
  file: string;
  /** the exact text to replace; it must occur exactly once in the file */
  find: string;
  replace: string;
  /** test file that must turn red, path from the root */
  test: string;
  /** regular expression for the full title, names of suites first, with spaces between */
  title: string;
}

export const patches: readonly Patch[] = [
  ...widgetPatches,
  ...apiPatches,
  ...roomViewPatches,
  ...roomPatches,
  ...roomMediaPatches,
  ...eyePatches,
  ...callMediaPatches,
  ...lobbyPatches,
  ...maliciousSfuPatches,
  ...signalPatches,
  ...callViewPatches,
  ...elementPatches,
];
