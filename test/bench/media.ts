/** The benchmarks of sound and pictures in rooms: frames, calls, and what a person waits for. */
import { benchCall } from "./media-call.ts";
import { benchMediaRoom } from "./media-room.ts";
import { benchMediaSealing } from "./media-sealing.ts";
import type { Row } from "./rows.ts";
import type { BenchGround } from "./topic.ts";

export async function benchMedia({ services, folder, print }: BenchGround): Promise<Row[]> {
  const sfu = services.livekit;
  if (!sfu) throw new Error("LiveKit was not started");
  const parts: Record<string, () => Promise<Row[]>> = {
    "frames, sealed and opened (half a minute)": benchMediaSealing,
    "pictures from one browser to another, and a call of five (two and a half minutes)": () => benchCall(sfu),
    "cameras in a room (a minute)": () => benchMediaRoom({ sfu, folder }),
  };
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(parts)) {
    print(`room      ${name}`);
    try {
      rows.push(...(await bench()));
    } catch (error) {
      // Browsers and an SFU give up on a machine that does much else; the other rows are worth having.
      print(`room      left out, because it failed: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  return rows;
}
