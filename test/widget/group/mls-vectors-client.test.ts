/**
 * ts-mls follows groups that other implementations have led (RFC 9420 §12.4.2, §12.4.3): it joins by their Welcomes and
 * processes their proposals and commits, and has their epoch authenticator after each.
 */
import {
  bytesToBase64,
  type CiphersuiteImpl,
  type ClientState,
  decodeMlsMessage,
  joinGroup,
  makePskIndex,
  processMessage,
} from "ts-mls";
import { decodeRatchetTree } from "ts-mls/ratchetTree.js";
import { bytes, decodeWhole, sameBytes } from "./mls-bytes.ts";
import { testSuites } from "./published-vectors.ts";

interface PassiveClient {
  cipher_suite: number;
  external_psks: { psk_id: string; psk: string }[];
  key_package: string;
  signature_priv: string;
  encryption_priv: string;
  init_priv: string;
  welcome: string;
  ratchet_tree: string | null;
  initial_epoch_authenticator: string;
  epochs: { proposals: string[]; commit: string; epoch_authenticator: string }[];
}

const ACCEPT = () => "accept" as const;

async function follow(vector: PassiveClient, cs: CiphersuiteImpl): Promise<void> {
  const psks = Object.fromEntries(
    vector.external_psks.map(({ psk_id, psk }) => [bytesToBase64(bytes(psk_id)), bytes(psk)]),
  );
  let state = await join(vector, psks, cs);
  sameBytes(state.keySchedule.epochAuthenticator, vector.initial_epoch_authenticator, "after joining");
  for (const [index, epoch] of vector.epochs.entries()) {
    for (const encoded of [...epoch.proposals, epoch.commit]) {
      const message = decodeWhole(decodeMlsMessage, bytes(encoded));
      if (message.wireformat !== "mls_private_message" && message.wireformat !== "mls_public_message") {
        throw new Error(`a ${message.wireformat} in an epoch`);
      }
      state = (await processMessage(message, state, makePskIndex(state, psks), ACCEPT, cs)).newState;
    }
    sameBytes(state.keySchedule.epochAuthenticator, epoch.epoch_authenticator, `after commit ${index}`);
  }
}

async function join(v: PassiveClient, psks: Record<string, Uint8Array>, cs: CiphersuiteImpl): Promise<ClientState> {
  const [keyPackage, welcome] = [v.key_package, v.welcome].map((each) => decodeWhole(decodeMlsMessage, bytes(each)));
  if (keyPackage?.wireformat !== "mls_key_package" || welcome?.wireformat !== "mls_welcome") {
    throw new Error("no key package or no Welcome");
  }
  const privateKeys = {
    initPrivateKey: bytes(v.init_priv),
    hpkePrivateKey: bytes(v.encryption_priv),
    signaturePrivateKey: bytes(v.signature_priv),
  };
  const tree = v.ratchet_tree === null ? undefined : decodeWhole(decodeRatchetTree, bytes(v.ratchet_tree));
  const index = makePskIndex(undefined, psks);
  return joinGroup(welcome.welcome, keyPackage.keyPackage, privateKeys, index, cs, tree);
}

testSuites("passive-client-welcome", "joins by a published Welcome", follow);
testSuites("passive-client-handling-commit", "follows published commits", follow);
testSuites("passive-client-random", "follows a published walk of 200 commits", follow);
