/** A room in which the relay lies to one. Test support. */
import { after } from "node:test";
import { type Headless, Room } from "./headless.ts";
import { type Liar, type Lies, startLiar } from "./liar.ts";

/** A host, an honest guest, and one whom the relay lies to; all in, until the test ends. @param relay http origin */
export async function lied(
  relay: string,
  lies: Lies = {},
): Promise<{ room: Room; victim: Headless; liar: Liar; honest: Headless }> {
  const room = await Room.open(relay);
  const [honest] = await room.grow("honest");
  const liar = await startLiar(relay);
  liar.lies = lies;
  const victim = await room.invite("victim", { relay: liar.origin });
  await room.untilPeople(3);
  after(async () => {
    await Promise.all(room.everyone.map((one) => one.member.leave()));
    await liar.close();
  });
  return { room, victim, liar, honest: honest as Headless };
}
