/**
 * Refuses a Redis that may throw keys away when its memory is full: a clip whose document is gone can neither be opened
 * nor deleted, and a burned one whose tombstone is gone has no receipt. Realm: server; sees no key and no value.
 * Asked with INFO, which managed Redis answers, too, where it forbids CONFIG.
 * Source: redis.io, "Key eviction".
 */
import { CodedError } from "../../../widget/wire/errors.ts";

/** What this needs of the library's client; a cluster has one for each of its masters. */
interface Node {
  info(section: string): Promise<unknown>;
}
interface Cluster<M> {
  readonly masters: readonly M[];
  nodeClient(master: M): Promise<Node>;
}

/** @throws CodedError storage-unavailable, with what to change, if any node may evict keys or does not say */
export async function refuseEviction<M>(client: Node | Cluster<M>): Promise<void> {
  const nodes = "masters" in client ? client.masters.map((master) => client.nodeClient(master)) : [client];
  for (const node of nodes) judge(await memoryOf(await node));
}

async function memoryOf(node: Node): Promise<Map<string, string>> {
  const text = await node.info("memory").catch((cause: Error) => {
    if (!cause.message.startsWith("NOPERM")) throw cause;
    throw refusal("Redis does not let this user ask whether it evicts keys: allow it the command INFO.", cause);
  });
  return new Map([...String(text).matchAll(/^(\w+):([^\r\n]*)/gm)].map(([, name = "", value = ""]) => [name, value]));
}

function judge(memory: ReadonlyMap<string, string>): void {
  const [limit, policy] = [memory.get("maxmemory"), memory.get("maxmemory_policy")];
  if (limit === "0" || policy === "noeviction") return;
  if (policy === undefined)
    throw refusal("Redis does not say whether it evicts keys: set maxmemory-policy to noeviction.");
  throw refusal(
    `Redis evicts keys when its memory is full (maxmemory-policy ${policy}), and clips with them: set maxmemory-policy to noeviction.`,
  );
}

function refusal(sentence: string, cause?: Error): CodedError {
  return new CodedError("storage-unavailable", sentence, { cause });
}
