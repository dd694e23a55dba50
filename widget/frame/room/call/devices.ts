/**
 * The devices that there are to choose from, and the person's choice, which this browser keeps for this site's frame:
 * ids that mean nothing elsewhere, never names. Realm: frame. Source: W3C Media Capture and Streams §9.
 */
import type { Device, Devices, DeviceUse } from "./media-state.ts";

const KINDS: Readonly<Record<string, DeviceUse>> = {
  audioinput: "microphone",
  videoinput: "camera",
  audiooutput: "speaker",
};
const USES: readonly DeviceUse[] = ["microphone", "camera", "speaker"];
/** Chromium's names for what the system prefers: the same devices once more. */
const ALIASES: readonly string[] = ["", "default", "communications"];
const PLACE = "whatping-devices";

export class DeviceBook {
  readonly #onChange: () => void;
  #all: Devices["all"] = { microphone: [], camera: [], speaker: [] };
  #chosen: Devices["chosen"] = recall();
  #isWatching = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get devices(): Devices {
    return { all: this.#all, chosen: this.#chosen };
  }

  /** What is plugged in now; from the first call on, whatever is plugged in or out as well. */
  async read(): Promise<void> {
    const { mediaDevices } = navigator;
    if (!mediaDevices) return;
    if (!this.#isWatching) mediaDevices.addEventListener("devicechange", () => void this.read());
    this.#isWatching = true;
    this.#all = sorted(await mediaDevices.enumerateDevices().catch(() => []));
    this.#onChange();
  }

  /** @param id empty: the browser's choice again */
  choose(use: DeviceUse, id: string): void {
    const { [use]: _before, ...others } = this.#chosen;
    this.#chosen = id === "" ? others : { ...others, [use]: id };
    remember(this.#chosen);
    this.#onChange();
  }

  /** The chosen one's id, if it is plugged in now; undefined: the browser's choice. */
  present(use: DeviceUse): string | undefined {
    return presentOf(this.devices, use);
  }

  /** One that was chosen in an earlier call may be at home: then any other will do. */
  wished(use: DeviceUse): ConstrainDOMString | undefined {
    const id = this.#chosen[use];
    return id === undefined ? undefined : { ideal: id };
  }
}

/** The chosen one's id, if it is among those that there are. */
export function presentOf({ all, chosen }: Devices, use: DeviceUse): string | undefined {
  return all[use].find(({ id }) => id === chosen[use])?.id;
}

/** Without permission a browser tells that there is one, and neither id nor name. */
function sorted(found: readonly MediaDeviceInfo[]): Devices["all"] {
  const all: Record<DeviceUse, Device[]> = { microphone: [], camera: [], speaker: [] };
  for (const { kind, deviceId, label } of found) {
    const use = KINDS[kind];
    if (use && label !== "" && !ALIASES.includes(deviceId)) all[use].push({ id: deviceId, label });
  }
  return all;
}

function recall(): Devices["chosen"] {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Record<string, unknown>;
    return Object.fromEntries(USES.flatMap((use) => (typeof kept[use] === "string" ? [[use, kept[use]]] : [])));
  } catch {
    // Storage may be forbidden: it is chosen anew then.
    return {};
  }
}

function remember(chosen: Devices["chosen"]): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(chosen));
  } catch {
    // As above.
  }
}
