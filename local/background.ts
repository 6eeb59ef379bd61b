/** What runs beside the requests of the embedded process, and how it comes to an end. */
import { loggable } from '../core/errors.ts';
import type { ChangeFeed, Observer } from '../core/ports.ts';
import type { Relay } from '../core/relay.ts';
import { Slots } from '../core/slots.ts';

/** Work in the background: one that fails is reported and holds up no other. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #observe: Observer;

  constructor(observe: Observer) {
    this.#observe = observe;
  }

  /** @param where, subject for the report of a failure; without personal data. */
  run(where: string, subject: string, task: () => Promise<unknown>): void {
    const done = () => {
      this.#running.delete(run);
    };
    const run = task().then(done, (error: unknown) => {
      done();
      this.#observe({ type: 'failure', where, subject, error: loggable(error) });
    });
    this.#running.add(run);
  }

  /** Resolves when nothing is running, what has been caused meanwhile included. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

type Handle = Relay['handle'];

/** Hands every new entry to `handle`. */
export function followEntries(feed: ChangeFeed, background: Background, handle: Handle): () => void {
  return feed.subscribe((changes) => {
    for (const { key, item } of changes) {
      if (key.table !== 'flows' || !key.sk.startsWith('entry#') || item['revision'] !== 0) continue;
      background.run('relay', `${key.pk}/${key.sk}`, () => handle(item));
    }
  });
}

/** How many effects that were left over are performed at once: more would take memory and time from all else. */
const LEFT_OVER_AT_ONCE = 512;

/** A relay for a reconciler that is not to wait for effects, as long as there are not too many of them. */
export function inBackground(background: Background, handle: Handle, atOnce = LEFT_OVER_AT_ONCE): Relay {
  const slots = new Slots(atOnce);
  return {
    async handle(item) {
      await slots.enter();
      background.run('relay', `${item['flow']}#${item['flowId']}`, () =>
        handle(item).finally(() => slots.leave()),
      );
    },
  };
}

/** Runs a task again and again, `ms` after its last end; never twice at once. Returns how to stop it. */
export function every(
  ms: number,
  background: Background,
  name: string,
  task: () => Promise<unknown>,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const wait = () => {
    timer = setTimeout(() => {
      background.run(name, 'timer', () =>
        task().finally(() => {
          if (!stopped) wait();
        }),
      );
    }, ms);
  };
  wait();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
