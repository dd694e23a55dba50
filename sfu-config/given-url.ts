/**
 * An address from the environment, said in one line. For `npm start`.
 */
import type { Print } from "./programs.ts";

/** Names the host only: the URL may hold a password. @throws Error if it is none */
export function givenUrl(url: string, name: string, print: Print): string {
  if (!URL.canParse(url)) throw new Error(`${name} is not a URL`);
  print(`given by ${name}: ${new URL(url).host}`);
  return url;
}
