/**
 * Everything that `npm start` runs, as one thing that can be started and stopped: database, storage, LiveKit, the API with
 * the sealed frame, the shop on another site, and two attackers.
 *
 *   http://frame.localhost:<PORT>   API and sealed frame
 *   http://localhost:<DEMO_PORT>    the shop: an allowed origin
 *   http://localhost:<a port>       the hostile page: an allowed origin too, as a customer's page that was taken over
 *   http://localhost:<a port>       the stranger: an origin that is not allowed
 */
import { join } from "node:path";
import { type Api, type ApiParts, startApi } from "../api/app.ts";
import { ConfigError, readConfig } from "../api/config.ts";
import { openLog } from "../api/log.ts";
import { claimDataFolder } from "../sfu-config/data-folder.ts";
import type { MediaChoice } from "../sfu-config/media-services.ts";
import type { Print } from "../sfu-config/programs.ts";
import { type Choice, type Services, startServices } from "../sfu-config/services.ts";
import { buildIfStale } from "./build-if-stale.ts";
import {
  type Answer,
  claimIsFree,
  type LoopbackSite,
  openLoopbackSite,
  type WantedPort,
  withPort,
} from "./loopback-site.ts";
import { isForThisMachine, type PagesOptions, sendPage, shopHeaders } from "./pages.ts";
import { RelayEye } from "./relay-eye.ts";

const HERE = import.meta.dirname;
/** Ports that people remember, taken if they are free. */
const SHOP_PORT = 8080;
const API_PORT = 8081;

export interface DemoOptions {
  readonly print: Print;
  /** DEMO_PORT, PORT, DATA_DIR, REDIS_URL, S3_URL, LIVEKIT_URL, PATH and the API's variables */
  readonly env?: NodeJS.ProcessEnv;
  /** default `auto`: given by URL, found on the machine, or embedded */
  readonly servers?: Choice;
  /** default `absent`: rooms without sound and picture */
  readonly media?: MediaChoice;
  /** free ports instead of the memorable ones, for tests */
  readonly anyPorts?: boolean;
}

export interface Demo {
  /** the shop's */
  readonly origin: string;
  readonly frameOrigin: string;
  readonly rogueOrigin: string;
  readonly strangerOrigin: string;
  readonly api: Api;
  readonly eye: RelayEye;
  /** Ends everything, the last started first. */
  stop(): Promise<void>;
}

/** @throws Error whose message is a sentence for the person who typed `npm start` */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const stops: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return { ...(await startParts(options, stops)), stop };
  } catch (error) {
    await stop();
    throw error instanceof ConfigError ? new Error(error.message.replaceAll("\n", " ")) : error;
  }
}

async function startParts(options: DemoOptions, stops: (() => unknown)[]): Promise<Omit<Demo, "stop">> {
  const { print, env = process.env, servers = "auto", media = "absent" } = options;
  const ports = wantedPorts(options);
  const data = claimDataFolder(env.DATA_DIR || join(HERE, "..", ".data"));
  stops.push(() => data.release());
  if (!data.kept) print("data      another demo runs here: this one keeps nothing after its end");
  await findWidget(print, env);
  const services = await startServices({ redis: servers, blobs: servers, media, dataDir: data.path, print, env });
  stops.push(() => services.stop());

  const sites = await openSites(ports.shop, stops);
  const eye = new RelayEye();
  stops.push(() => eye.close());
  const variables = { ...env, ...variablesOf(services, env), DATA_DIR: data.path };
  const api = await openApi({ port: ports.api, variables, log: openLog("info", eye.log) }, sites);
  stops.push(() => api.close());
  eye.open(api);
  const demo = {
    origin: sites.shop.site.origin,
    frameOrigin: api.origin,
    rogueOrigin: sites.rogue.site.origin,
    strangerOrigin: sites.stranger.site.origin,
    api,
    eye,
  };
  showPages(sites, demo);
  print(`api       ${api.origin} (and the sealed frame)`);
  print(`shop      ${demo.origin}, a site of its own`);
  print(`attackers ${demo.rogueOrigin}/hostile.html, ${demo.strangerOrigin}/stranger.html`);
  return demo;
}

async function findWidget(print: Print, env: NodeJS.ProcessEnv): Promise<void> {
  if (env.STATIC_DIR) return print(`widget    given by STATIC_DIR: ${env.STATIC_DIR}`);
  const built = await buildIfStale(print);
  print(`widget    ${built ? "built" : "found, built from these sources"}`);
}

function variablesOf({ redisUrl, s3Url, livekit }: Services, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    REDIS_URL: redisUrl,
    S3_URL: s3Url,
    LIVEKIT_URL: livekit?.url,
    LIVEKIT_API_KEY: livekit?.key,
    LIVEKIT_API_SECRET: livekit?.secret,
    // Of another LiveKit than one that was started here.
    LIVEKIT_PUBLIC_URL: livekit && livekit.url === env.LIVEKIT_URL ? env.LIVEKIT_PUBLIC_URL : undefined,
  };
}

/** A site whose answer is known later: its origin is needed before its pages can be written. */
interface LateSite {
  readonly site: LoopbackSite;
  answer: Answer;
}
type Sites = Record<"shop" | "rogue" | "stranger", LateSite>;

async function openSites(shopPort: WantedPort, stops: (() => unknown)[]): Promise<Sites> {
  const open = async (wanted: WantedPort): Promise<LateSite> => {
    const late = { answer: ((_request, response) => response.writeHead(503).end()) as Answer };
    const site = await openLoopbackSite((request, response) => late.answer(request, response), wanted);
    stops.push(() => site.close());
    return Object.assign(late, { site });
  };
  return { shop: await open(shopPort), rogue: await open({}), stranger: await open({}) };
}

interface ApiStart {
  readonly port: WantedPort;
  readonly variables: NodeJS.ProcessEnv;
  readonly log: ApiParts["log"];
}

async function openApi({ port: wanted, variables, log }: ApiStart, { shop, rogue }: Sites): Promise<Api> {
  // Never on any other address, whatever the environment says: the demo is for this machine.
  const own = { HOST: "127.0.0.1", PUBLIC_ORIGIN: "", ALLOWED_ORIGINS: `${shop.site.origin},${rogue.site.origin}` };
  return withPort(wanted, async (port) => {
    await claimIsFree(port);
    return startApi({ config: readConfig({ ...variables, ...own, PORT: String(port) }), clock: Date, log });
  });
}

function showPages({ shop, rogue, stranger }: Sites, demo: Omit<Demo, "stop">): void {
  const words = {
    FRAME_ORIGIN: demo.frameOrigin,
    SHOP_ORIGIN: demo.origin,
    ROGUE_ORIGIN: demo.rogueOrigin,
    STRANGER_ORIGIN: demo.strangerOrigin,
  };
  // A page in a sandbox has no origin: its own files reach it with this header only.
  const headers = { "Access-Control-Allow-Origin": "*" };
  const attackers: PagesOptions = { folder: join(HERE, "hostile"), headers, words };
  const shopPages: PagesOptions = { folder: join(HERE, "shop"), headers: shopHeaders(demo.frameOrigin), words };
  rogue.answer = pages(rogue.site, attackers);
  stranger.answer = pages(stranger.site, attackers);
  const answerPage = pages(shop.site, shopPages);
  shop.answer = (request, response) => {
    const isEye = request.url === "/relay-eye" && request.method === "GET" && isForThisMachine(request, shop.site.port);
    if (isEye) demo.eye.watch(response);
    else answerPage(request, response);
  };
}

function pages(site: LoopbackSite, options: PagesOptions): Answer {
  return async (request, response) => {
    if (!isForThisMachine(request, site.port)) {
      // The API knows the demo's pages by this name only.
      response.writeHead(308, { Location: `${site.origin}/` }).end();
    } else if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { Allow: "GET, HEAD" }).end();
    } else if (!(await sendPage(request, response, options))) {
      response.writeHead(404, { "Content-Type": "text/plain", ...options.headers }).end("There is no such page.\n");
    }
  };
}

/** Read before anything starts, so that a wrong one costs no wait. */
function wantedPorts({ env = process.env, anyPorts }: DemoOptions): Record<"shop" | "api", WantedPort> {
  return {
    shop: wantedPort("DEMO_PORT", env, anyPorts ? 0 : SHOP_PORT),
    api: wantedPort("PORT", env, anyPorts ? 0 : API_PORT),
  };
}

function wantedPort(name: string, env: NodeJS.ProcessEnv, preferred: number): WantedPort {
  const given = env[name];
  if (!given) return { preferred };
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${name} is a whole number from 0 to 65535.`);
  return port === 0 ? {} : { required: { port, name } };
}
