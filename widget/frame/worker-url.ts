/**
 * The one Trusted Types policy of the sealed frame: it lets same-origin worker files through and nothing else.
 * Realm: frame. Sees no secrets. Source: protocol.md §11 (`trusted-types lit-html whatping`).
 */
import { CodedError } from "../wire/errors.ts";

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

const rules = {
  createScriptURL(url: string): string {
    const target = new URL(url, location.href);
    if (target.origin !== location.origin) {
      throw new CodedError("frame-protocol", "Only this origin's own workers may run here.");
    }
    return target.href;
  },
};

// Firefox before 148 has no Trusted Types; the check runs there all the same.
const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
const policy = factory ? factory.createPolicy("whatping", rules) : rules;

/** Starts a module worker from a URL that the bundler wrote. */
export function startWorker(url: string): Worker {
  return new Worker(policy.createScriptURL(url), { type: "module" });
}
