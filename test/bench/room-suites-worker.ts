/**
 * The worker side of room-suites.ts: what members of a group do, by cipher suite, size of the group and who computes.
 * Runs in a worker in Chromium; sees made-up groups.
 */
import { CipherSuite as HpkeSuite } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import {
  type CiphersuiteImpl,
  type CiphersuiteName,
  type ClientConfig,
  type ClientState,
  createApplicationMessage,
  createCommit,
  createGroup,
  defaultAuthenticationService,
  defaultKeyPackageEqualityConfig,
  defaultKeyRetentionConfig,
  defaultLifetime,
  defaultLifetimeConfig,
  defaultPaddingConfig,
  emptyPskIndex,
  encodeMlsMessage,
  generateKeyPackage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  type MLSMessage,
  processMessage,
} from "ts-mls";
import { makeAead } from "ts-mls/crypto/implementation/default/makeAead.js";
import { makeKdf } from "ts-mls/crypto/implementation/default/makeKdfImpl.js";
import { makeGenericHpke } from "ts-mls/crypto/implementation/hpke.js";
import { sha256Hashes } from "../../widget/seal/mls-hashes.ts";
import { type Part, Shares } from "./room-shares.ts";
import { median, type Rivals, takeTurns, timed } from "./rounds.ts";

export interface SuiteTask {
  readonly what: "suite";
  readonly suite: CiphersuiteName;
  readonly members: number;
  readonly rounds: number;
  /** whose shares are told */
  readonly chosen: Provider;
}
export interface PrimitiveTask {
  readonly what: "primitives";
  readonly rounds: number;
}

/** Who computes: WebCrypto all; hashes and key derivation by noble; the curves by noble, too. */
export const PROVIDERS = ["webcrypto", "hashes", "noble"] as const;
export type Provider = (typeof PROVIDERS)[number];
export const DEEDS = ["create", "join", "update", "process", "message"] as const;
export type Deed = (typeof DEEDS)[number];

/** ms per round */
export type SuiteTimes = Record<`${Deed} ${Provider}`, number[]>;
export interface SuiteResult {
  readonly times: SuiteTimes;
  /** bytes of the messages as they are sent */
  readonly bytes: { readonly welcome: number; readonly update: number };
  /** of the chosen provider's time, 0 to 1 */
  readonly shares: Record<Deed, Record<Part, number>>;
}
/** ms per round of 50 */
export type PrimitiveTimes = Record<`${"sign" | "verify" | "agree"} ${"webcrypto" | "noble"}`, number[]>;

const config: ClientConfig = {
  keyRetentionConfig: defaultKeyRetentionConfig,
  lifetimeConfig: defaultLifetimeConfig,
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: defaultPaddingConfig,
  authService: defaultAuthenticationService,
};
/** How many members have committed before anything is measured, so that the tree is neither empty nor full. */
const COMMITTERS = 16;
const TEXT = new Uint8Array(200);
const accept = () => "accept" as const;

async function implement(name: CiphersuiteName): Promise<Record<Provider, CiphersuiteImpl>> {
  const suite = getCiphersuiteFromName(name);
  const webcrypto = await getCiphersuiteImpl(suite);
  const hashes = { ...webcrypto, ...(suite.hash === "SHA-256" ? sha256Hashes : sha512Hashes) };
  const noble = { ...hashes, signature: nobleSignature };
  if (suite.hpke.kem !== "DHKEM-X25519-HKDF-SHA256") return { webcrypto, hashes, noble };
  const [aead, aeadOfHpke] = await makeAead(suite.hpke.aead);
  const kdf = makeKdf(suite.hpke.kdf);
  const hpke = new HpkeSuite({ kem: new DhkemX25519HkdfSha256(), kdf, aead: aeadOfHpke });
  return { webcrypto, hashes, noble: { ...noble, hpke: await makeGenericHpke(suite.hpke, aead, hpke) } };
}

/** What the product has for SHA-256 only. */
const sha512Hashes: Pick<CiphersuiteImpl, "hash" | "kdf"> = {
  hash: {
    digest: async (data) => sha512(data),
    mac: async (key, data) => hmac(sha512, key, data),
    verifyMac: async (key, mac, data) => hmac(sha512, key, data).every((byte, index) => byte === mac[index]),
  },
  kdf: {
    extract: async (salt, ikm) => extract(sha512, ikm, salt),
    expand: async (prk, info, length) => expand(sha512, prk, info, length),
    size: sha512.outputLen,
  },
};

/** The seed of a key in PKCS #8, as WebCrypto exports it, is its end. */
const seedOf = (key: Uint8Array): Uint8Array => key.subarray(-32);
const nobleSignature: CiphersuiteImpl["signature"] = {
  sign: async (key, message) => ed25519.sign(message, seedOf(key)),
  verify: async (key, message, signature) => ed25519.verify(signature, message, key),
  keygen: async () => {
    const { secretKey, publicKey } = ed25519.keygen();
    return { signKey: secretKey, publicKey };
  },
};

type Client = Awaited<ReturnType<typeof generateKeyPackage>>;
function client(name: string, cs: CiphersuiteImpl): Promise<Client> {
  const capabilities = {
    versions: ["mls10" as const],
    ciphersuites: [cs.name],
    extensions: [],
    proposals: [],
    credentials: ["basic" as const],
  };
  const credential = { credentialType: "basic", identity: new TextEncoder().encode(name) } as const;
  return generateKeyPackage(credential, capabilities, defaultLifetime, [], cs);
}

const found = ({ publicPackage, privatePackage }: Client, cs: CiphersuiteImpl): Promise<ClientState> =>
  createGroup(new Uint8Array(32), publicPackage, privatePackage, [], cs, config);

function commit(state: ClientState, added: readonly Client[], cs: CiphersuiteImpl) {
  const extraProposals = added.map(
    ({ publicPackage }) => ({ proposalType: "add", add: { keyPackage: publicPackage } }) as const,
  );
  return createCommit({ state, cipherSuite: cs }, { extraProposals, ratchetTreeExtension: true });
}

/** Some of the group's members commit, spread over its leaves. One state is handed round: it has the group's secrets. */
async function warm(state: ClientState, members: readonly Client[], cs: CiphersuiteImpl): Promise<ClientState> {
  const step = Math.max(1, Math.floor(members.length / COMMITTERS));
  for (let leafIndex = 0; leafIndex < members.length; leafIndex += step) {
    const { hpkePrivateKey, signaturePrivateKey } = (members[leafIndex] as Client).privatePackage;
    const privatePath = { leafIndex, privateKeys: { [2 * leafIndex]: hpkePrivateKey } };
    state = (await commit({ ...state, privatePath, signaturePrivateKey }, [], cs)).newState;
  }
  return state;
}

async function rivalsOf({ suite, members, chosen }: SuiteTask) {
  const providers = await implement(suite);
  const cs = providers.hashes;
  const clients = await Promise.all(Array.from({ length: members }, (_, index) => client(`member ${index}`, cs)));
  const [creator, newcomer] = [clients[0] as Client, clients.pop() as Client];
  const alone = await found(creator, cs);
  const filled = members > 2 ? (await commit(alone, clients.slice(1), cs)).newState : alone;
  const invited = await commit(await warm(filled, clients, cs), [newcomer], cs);
  const welcome = invited.welcome as NonNullable<typeof invited.welcome>;
  const join = (by: CiphersuiteImpl) => {
    const { publicPackage, privatePackage } = newcomer;
    return joinGroup(welcome, publicPackage, privatePackage, emptyPskIndex, by, undefined, undefined, config);
  };
  const [sender, receiver] = [invited.newState, await join(cs)];
  const { commit: update } = await commit(sender, [], cs);
  const process = (message: MLSMessage, by: CiphersuiteImpl) => {
    if (message.wireformat !== "mls_private_message") throw new Error("not a PrivateMessage");
    return processMessage(message, receiver, emptyPskIndex, accept, by);
  };
  const deeds: Record<Deed, (by: CiphersuiteImpl) => Promise<unknown>> = {
    create: (by) => found(creator, by),
    join,
    update: (by) => commit(sender, [], by),
    process: (by) => process(update, by),
    message: async (by) => {
      const { privateMessage } = await createApplicationMessage(sender, TEXT, by);
      return process({ version: "mls10", wireformat: "mls_private_message", privateMessage }, by);
    },
  };
  const rivals = Object.fromEntries(
    DEEDS.flatMap((deed) =>
      PROVIDERS.map((provider) => [`${deed} ${provider}`, () => timed(() => deeds[deed](providers[provider]))]),
    ),
  ) as Rivals<`${Deed} ${Provider}`>;
  const watch = new Shares();
  const watched = watch.watch(providers[chosen]);
  const shareOf = async (deed: Deed) => watch.takeOf(await timed(() => deeds[deed](watched)));
  const sentWelcome = encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome });
  return { rivals, shareOf, bytes: { welcome: sentWelcome.length, update: encodeMlsMessage(update).length } };
}

async function measureSuite(task: SuiteTask): Promise<SuiteResult> {
  const { rivals, shareOf, bytes } = await rivalsOf(task);
  const times = await takeTurns(rivals, { rounds: task.rounds });
  const shares = {} as SuiteResult["shares"];
  for (const deed of DEEDS) {
    const rounds: Record<Part, number>[] = [];
    for (let round = 0; round < task.rounds; round++) rounds.push(await shareOf(deed));
    const middle = (part: Part) => median(rounds.map((round) => round[part]));
    shares[deed] = { digests: middle("digests"), signatures: middle("signatures"), HPKE: middle("HPKE") };
  }
  return { times, bytes, shares };
}

async function measurePrimitives({ rounds }: PrimitiveTask): Promise<PrimitiveTimes> {
  const cs = await getCiphersuiteImpl(getCiphersuiteFromName("MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"));
  const { publicKey, signKey } = await cs.signature.keygen();
  const signature = await cs.signature.sign(signKey, TEXT);
  const pair = (await crypto.subtle.generateKey("X25519", false, ["deriveBits"])) as CryptoKeyPair;
  const own = x25519.keygen();
  const fifty = (work: () => unknown) => () =>
    timed(async () => {
      for (let time = 0; time < 50; time++) await work();
    });
  return takeTurns(
    {
      "sign webcrypto": fifty(() => cs.signature.sign(signKey, TEXT)),
      "sign noble": fifty(() => nobleSignature.sign(signKey, TEXT)),
      "verify webcrypto": fifty(() => cs.signature.verify(publicKey, TEXT, signature)),
      "verify noble": fifty(() => nobleSignature.verify(publicKey, TEXT, signature)),
      "agree webcrypto": fifty(() =>
        crypto.subtle.deriveBits({ name: "X25519", public: pair.publicKey }, pair.privateKey, 256),
      ),
      "agree noble": fifty(() => x25519.getSharedSecret(own.secretKey, own.publicKey)),
    },
    { rounds },
  );
}

self.onmessage = async ({ data }: MessageEvent<SuiteTask | PrimitiveTask>) => {
  self.postMessage(data.what === "suite" ? await measureSuite(data) : await measurePrimitives(data));
};
