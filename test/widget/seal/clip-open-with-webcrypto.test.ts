/** A one-segment clip needs none of our code: key, IV and WebCrypto open it (protocol.md §6). */
import assert from "node:assert/strict";
import test from "node:test";
import { ClipSealer } from "../../../widget/media/clip-sealer.ts";

async function sealWithTheProduct(file: Uint8Array) {
  const sealer = await ClipSealer.begin();
  await sealer.push(file);
  const [segment] = (await sealer.finish()).segments;
  return { sealed: segment?.sealed as Uint8Array<ArrayBuffer>, iv: sealer.iv, key: await sealer.exportKey() };
}

test("a one-segment clip opens with WebCrypto, the key and the IV alone", async () => {
  const file = crypto.getRandomValues(new Uint8Array(50_000));
  const { sealed, iv, key } = await sealWithTheProduct(file);

  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, aes, sealed);

  assert.deepEqual(new Uint8Array(opened), file);
});
