/**
 * LiveKit did not do what was asked. Realm: server.
 * The message is a kind of error or a status, fit for the log: no address, no answer of its own.
 */
export class SfuAway extends Error {
  override readonly name = "SfuAway";
}
