/**
 * LiveKit's server API, as far as it is needed: tokens for members, and who is in a room there. The only owner of
 * livekit-server-sdk. Realm: server; holds the API's secret, sees hashes of group ids and post keys, no media.
 * Source: LiveKit's RoomService and access tokens; protocol.md §2 (Posting), §4.
 */
import { AccessToken, RoomServiceClient, ServerError, TrackSource } from "livekit-server-sdk";
import type { SfuConfig } from "../config.ts";
import { SfuAway } from "./sfu-away.ts";

/** s that a token is good for. LiveKit gives whoever is connected tokens of the same length, over and over. */
const TOKEN_S = 600;
/** s for one call: on a network that works it takes milliseconds. */
const CALL_S = 2;
/** s after which LiveKit forgets a room that nobody came to, or that the last one has left. */
const EMPTY_S = 60;
const SOURCES = [TrackSource.CAMERA, TrackSource.MICROPHONE, TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO];

export class Livekit {
  readonly #config: SfuConfig;
  readonly #rooms: RoomServiceClient;

  constructor(config: SfuConfig) {
    this.#config = config;
    const { apiUrl, key, secret } = config;
    // Another region's LiveKit would be another operator's machine: nobody asked for it.
    this.#rooms = new RoomServiceClient(apiUrl, key, secret, { requestTimeout: CALL_S, failover: false });
  }

  /** Lets its holder into one room, to send the four kinds of media and to get media. No name, no data, no metadata. */
  async token(room: string, identity: string): Promise<string> {
    const token = new AccessToken(this.#config.key, this.#config.secret, { identity, ttl: TOKEN_S });
    token.addGrant({
      roomJoin: true,
      room,
      canPublish: true,
      canPublishSources: SOURCES,
      canSubscribe: true,
      canPublishData: false,
      canUpdateOwnMetadata: false,
    });
    return token.toJwt();
  }

  /** Lets its holder get media, and do nothing else: LiveKit tells nobody that it is there. */
  async eyeToken(room: string, identity: string): Promise<string> {
    const token = new AccessToken(this.#config.key, this.#config.secret, { identity, ttl: TOKEN_S });
    token.addGrant({
      roomJoin: true,
      room,
      hidden: true,
      canPublish: false,
      canSubscribe: true,
      canPublishData: false,
      canUpdateOwnMetadata: false,
    });
    return token.toJwt();
  }

  /** Does nothing if there is one. That it answers shows that LiveKit is there and knows the key. @throws SfuAway */
  async openRoom(name: string): Promise<void> {
    await answered(this.#rooms.createRoom({ name, emptyTimeout: EMPTY_S, departureTimeout: EMPTY_S }));
  }

  /** Identities; none if there is no such room. @throws SfuAway */
  async participants(room: string): Promise<string[]> {
    const found = await unlessMissing(this.#rooms.listParticipants(room));
    return (found ?? []).map(({ identity }) => identity);
  }

  /** @throws SfuAway */
  async remove(room: string, identity: string): Promise<void> {
    // Servers of LiveKit's own cloud keep its tokens out from now on; others ignore that.
    const revokeTokenTs = BigInt(Math.ceil(Date.now() / 1_000));
    await unlessMissing(this.#rooms.removeParticipant(room, identity, { revokeTokenTs }));
  }

  /** Everybody in it is disconnected. @throws SfuAway */
  async closeRoom(name: string): Promise<void> {
    await unlessMissing(this.#rooms.deleteRoom(name));
  }
}

/** @returns null if there is no such room or participant */
async function unlessMissing<T>(call: Promise<T>): Promise<T | null> {
  return answered(call.catch((error: unknown) => (isMissing(error) ? null : Promise.reject(error))));
}

function isMissing(error: unknown): boolean {
  return error instanceof ServerError && error.status === 404 && error.code === "not_found";
}

async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new SfuAway(error instanceof ServerError ? `status ${error.status}` : nameOf(error));
  }
}

/** As the system names it: ECONNREFUSED, TimeoutError. */
function nameOf(error: unknown): string {
  const { cause, name } = error as Error;
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? name;
}
