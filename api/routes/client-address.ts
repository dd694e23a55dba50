/**
 * The address of who asks, behind as many proxies of the operator's own as the configuration names: what stands further
 * left in X-Forwarded-For, anybody can have written. Realm: server; the address goes into a limit and nowhere else.
 */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** @param proxies how many of the operator's own stand before this server */
export function clientAddress(
  { headers, socket }: Pick<IncomingMessage, "headers" | "socket">,
  proxies: number,
): string {
  const near = socket.remoteAddress ?? "";
  if (proxies === 0) return near;
  const said = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const address = said.at(-proxies)?.trim() ?? "";
  return isIP(address) === 0 ? near : address;
}
