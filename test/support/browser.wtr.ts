/**
 * The ground of the browser tests: our sources run as they are, packages are found, devices are there.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64url, toBase64url } from "../../widget/wire/bytes.ts";
import { equal, ok, rejects } from "./browser-assert.ts";
import workerUrl from "./fixtures/echo-worker.ts?worker&url";

describe("a browser test", () => {
  it("runs our TypeScript and finds packages", () => {
    const bytes = sha256(new Uint8Array(3));
    equal(toBase64url(fromBase64url(toBase64url(bytes)) ?? new Uint8Array()), toBase64url(bytes));
  });

  it("starts a worker from the URL of its module", async () => {
    const worker = new Worker(workerUrl, { type: "module" });
    const answer = new Promise((resolve) => worker.addEventListener("message", (event) => resolve(event.data)));
    worker.postMessage("hello");
    equal(await answer, "hello");
    worker.terminate();
  });

  it("has a camera and a microphone", async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    equal(stream.getTracks().length, 2);
    for (const track of stream.getTracks()) track.stop();
  });

  it("notices what does not fail", async () => {
    ok(crypto.subtle, "WebCrypto is there");
    await rejects(
      () =>
        rejects(
          () => {},
          () => true,
        ),
      (error) => String(error).includes("did not fail"),
    );
  });
});
