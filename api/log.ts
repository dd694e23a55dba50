/**
 * The log: one JSON object a line, with nothing in it that points at a person. Realm: server.
 * Source: product.md O3; what may stand in a line is decided where it is written (routes/answering.ts).
 */
import pino, { type DestinationStream, type Logger } from "pino";

/** Lines wait for each other up to so many characters, or so many ms: a write of its own would cost each request more. */
const GATHERED = 8_192;
const GATHER_MS = 100;
/** pino's number for `warn`. */
const WARN = 40;

/**
 * `flush` of what comes back writes what has been gathered.
 * @param destination default: standard output, gathered
 */
export function openLog(level: string, destination: DestinationStream = gatheredOutput()): Logger {
  // Neither host name nor process id; and levels by name.
  const options = { level, base: null, formatters: { level: (label: string) => ({ level: label }) } };
  return pino(options, destination);
}

/**
 * Standard output in few writes. A warning or worse goes out at once, with all before it; so does everything at the
 * end of the process, unless it is killed. Nothing waits for a disk: lines that a power cut takes are no promise broken.
 * @param file another destination than standard output
 */
export function gatheredOutput(file?: string): DestinationStream & { flush(): void } {
  const output = pino.destination({ ...(file ? { dest: file } : {}), sync: true });
  let waiting = "";
  let timer: NodeJS.Timeout | undefined;
  const gathered = {
    // pino tells such a stream of each line's level.
    [Symbol.for("pino.metadata")]: true,
    lastLevel: 0,
    write(line: string): void {
      waiting += line;
      if (waiting.length >= GATHERED || gathered.lastLevel >= WARN) gathered.flush();
      else timer ??= setTimeout(gathered.flush, GATHER_MS).unref();
    },
    flush(): void {
      clearTimeout(timer);
      timer = undefined;
      if (waiting !== "") output.write(waiting);
      waiting = "";
    },
  };
  process.once("exit", gathered.flush);
  return gathered;
}
