/**
 * For a worker that runs other workers' files: what each of them would listen with is kept instead, in the order of their
 * imports, and what they would tell their page goes nowhere. To be imported before them. Bench support.
 */
export interface Handlers {
  onmessage(event: MessageEvent): void;
  onrtctransform(event: object): void;
}

const caught: Handlers[] = [];
/** Tells the page. */
export const tellPage = self.postMessage.bind(self) as (message: unknown) => void;

const keep = (name: keyof Handlers) => ({
  set: (handler: never) => {
    if (!caught.at(-1) || caught.at(-1)?.[name]) caught.push({} as Handlers);
    (caught.at(-1) as Handlers)[name] = handler;
  },
});
Object.defineProperties(self, {
  onmessage: keep("onmessage"),
  onrtctransform: keep("onrtctransform"),
  postMessage: { value: () => undefined },
});

/** Those of the file that was imported so many others after this one. */
export function handlersOf(place: number): Handlers {
  const handlers = caught[place];
  if (!handlers?.onmessage || !handlers.onrtctransform) throw new Error("a worker's file listens in another way now");
  return handlers;
}
