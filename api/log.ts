/**
 * The log: one JSON object a line, with nothing in it that points at a person. Realm: server.
 * Source: product.md O3; what may stand in a line is decided where it is written (routes/answering.ts).
 */
import pino, { type DestinationStream, type Logger } from "pino";

/** @param destination default: standard output, written at once */
export function openLog(level: string, destination: DestinationStream = pino.destination({ sync: true })): Logger {
  // Neither host name nor process id; and levels by name.
  const options = { level, base: null, formatters: { level: (label: string) => ({ level: label }) } };
  return pino(options, destination);
}
