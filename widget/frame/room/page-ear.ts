/**
 * The page around, as one that is told things: what it was told last, and what its browser says of the devices.
 * Realm: frame. Lets out what page-events.ts makes, and nothing else. Source: protocol.md §11.
 */
import { pageIdOf } from "../../seal/page-id.ts";
import type { CodedError } from "../../wire/errors.ts";
import type { FrameEvents } from "../../wire/host-frame.ts";
import type { Permission } from "../../wire/page-room.ts";
import type { HostLink } from "../host-link.ts";
import { pageEvents, type Seen } from "./page-events.ts";

export class PageEar {
  readonly #ids = new Map<string, string>();
  #host: HostLink | undefined;
  #told: Seen | undefined;
  #seen: Seen | undefined;

  /** From now on there is a page. It hears first where the person is. */
  meet(host: HostLink): void {
    this.#host = host;
    host.raise("whatping-ready", {});
    if (this.#seen) this.hear(this.#seen);
    void watchDevices((detail) => host.raise("whatping-devices", detail));
  }

  hear(seen: Seen): void {
    this.#seen = seen;
    const host = this.#host;
    if (!host) return;
    const events = pageEvents(this.#told, seen, (id) => this.#idOf(host.origin, id));
    this.#told = seen;
    for (const { name, detail } of events) host.raise(name, detail);
  }

  hearError({ code, message }: CodedError): void {
    this.#host?.raise("whatping-error", { code, message });
  }

  #idOf(origin: string, id: string): string {
    const known = this.#ids.get(id) ?? pageIdOf(origin, id);
    this.#ids.set(id, known);
    return known;
  }
}

type Devices = FrameEvents["whatping-devices"];

/** Tells at once and whenever it changes. Asks the person nothing. */
async function watchDevices(tell: (devices: Devices) => void): Promise<void> {
  const [microphone, camera] = await Promise.all([statusOf("microphone"), statusOf("camera")]);
  const look = () => tell({ microphone: stateOf(microphone), camera: stateOf(camera) });
  for (const status of [microphone, camera]) status?.addEventListener("change", look);
  look();
}

/** Some browsers don't know these names. */
async function statusOf(name: "microphone" | "camera"): Promise<PermissionStatus | undefined> {
  return navigator.permissions?.query({ name }).catch(() => undefined);
}

function stateOf(status: PermissionStatus | undefined): Permission {
  return status?.state ?? "unknown";
}
