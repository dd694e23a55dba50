/**
 * Blobs in a folder: the default where no S3_URL is given. Realm: server; sees what blobs.ts says.
 *
 *   <root>/clips/<id in hex>/<6-digit index>      a piece
 *   <root>/clips/<id in hex>/.<random>.part       a piece that is still arriving
 *
 * Ids are written in hex, because some file systems fold upper and lower case. Arriving pieces lie in the clip's own
 * folder, so that deleting the folder takes them along and their final rename fails.
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CodedError } from "../../widget/wire/errors.ts";
import type { Blob, Blobs, Expected, Listed } from "./blobs.ts";
import { holdBack } from "./hold-back.ts";

/** Opens (and makes) the folder. @throws CodedError storage-unavailable if it can't be written */
export async function openFileBlobs(root: string): Promise<Blobs> {
  await reaching(() => mkdir(root, { recursive: true }));
  const blobs = new FileBlobs(root);
  await blobs.ping();
  return blobs;
}

class FileBlobs implements Blobs {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async put(key: string, source: AsyncIterable<Uint8Array>, expected: Expected): Promise<void> {
    const path = this.#path(key);
    const folder = dirname(path);
    await reaching(() => mkdir(folder, { recursive: true }));
    const part = join(folder, `.${randomBytes(8).toString("hex")}.part`);
    const file = await reaching(() => open(part, "wx", 0o600));
    try {
      for await (const chunk of holdBack(source, expected)) await reaching(() => file.writeFile(chunk));
      await reaching(() => file.sync());
      await file.close();
      await reaching(() => rename(part, path));
      await reaching(() => syncFolder(folder));
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(part, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async get(key: string): Promise<Blob | null> {
    const file = await reaching(() => unlessMissing(open(this.#path(key), "r")));
    if (!file) return null;
    const { size } = await reaching(() => file.stat());
    return { bytes: size, body: file.createReadStream() };
  }

  async list(prefix: string): Promise<Listed[]> {
    if (!prefix.endsWith("/")) {
      const found = await reaching(() => unlessMissing(stat(this.#path(prefix))));
      return found?.isFile() ? [{ key: prefix, bytes: found.size }] : [];
    }
    const folder = this.#path(prefix);
    const names = (await reaching(() => unlessMissing(readdir(folder)))) ?? [];
    const listed: Listed[] = [];
    for (const name of names.filter((name) => !name.startsWith(".")).sort()) {
      const found = await reaching(() => unlessMissing(stat(join(folder, name))));
      if (found) listed.push({ key: prefix + name, bytes: found.size });
    }
    return listed;
  }

  async deletePrefix(prefix: string): Promise<number> {
    const { length } = await this.list(prefix);
    // A part may appear while the folder is being emptied, hence the retries.
    await reaching(() => rm(this.#path(prefix), { recursive: true, force: true, maxRetries: 3, retryDelay: 20 }));
    return length;
  }

  async ping(): Promise<void> {
    const probe = join(this.#root, `.probe-${randomBytes(8).toString("hex")}`);
    await reaching(async () => {
      await (await open(probe, "wx", 0o600)).close();
      await rm(probe);
    });
  }

  async close(): Promise<void> {}

  #path(key: string): string {
    const match = /^clips\/([A-Za-z0-9_-]+)\/(\d{6})?$/.exec(key);
    if (!match) throw new TypeError("not a blob key");
    const folder = join(this.#root, "clips", Buffer.from(match[1] ?? "").toString("hex"));
    return match[2] ? join(folder, match[2]) : folder;
  }
}

/** Makes a rename survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof CodedError) throw cause;
    throw new CodedError("storage-unavailable", "The folder for pieces could not be used.", { cause });
  }
}
