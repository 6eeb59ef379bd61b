/** The world as it is, and how to change it. */
import { useState } from 'preact/hooks';
import { ask } from '../common/api.ts';
import { type Asked, useAsked } from './asked.ts';
import { problemText } from './refusals.ts';
import { type Change, type FaultsView, healing, isKnown, type SandboxView, type World } from './world.ts';

/** Told to the window where things may have changed, such as the clock: whoever shows deadlines looks again. */
export const REFRESH = 'detent:refresh';

export interface UsedWorld extends World {
  /** Why the last change came to nothing, or what it did. */
  said: { text: string; isProblem: boolean } | undefined;
  change(change: Change): Promise<boolean>;
  heal(): Promise<boolean>;
  kill(name: 'gateway' | 'warehouse'): Promise<boolean>;
  /** @param words how far that is, for a person. */
  advance(seconds: number, words: string): Promise<boolean>;
}

/** All parts of a page share it, so that what one changes the others show. */
export function useWorld(): UsedWorld {
  const faults = useAsked<FaultsView>('/dev/faults');
  const sandbox = useAsked<SandboxView>('/dev/sandbox');
  const [said, say] = useState<UsedWorld['said']>();

  /** Posts, and says how that went. */
  async function post<T>(
    path: string,
    body: object,
    done: (value: T) => string | undefined,
  ): Promise<boolean> {
    const answer = await ask<T>(path, { method: 'POST', body });
    const problem = problemText(answer, { hasKey: false });
    const text = answer.kind === 'done' ? done(answer.value) : problem;
    say(text === undefined ? undefined : { text, isProblem: problem !== undefined });
    return answer.kind === 'done';
  }

  async function change({ faults: failing, sandbox: modes }: Change): Promise<boolean> {
    const isSet = async <T>(path: string, body: object | undefined, set: (value: T) => void) =>
      !body ||
      Object.keys(body).length === 0 ||
      (await post<T>(path, body, (value) => {
        set(value);
        return undefined;
      }));
    return (
      (await isSet<FaultsView>('/dev/faults', failing, faults.set)) &&
      (await isSet<SandboxView>('/dev/sandbox', modes, sandbox.set))
    );
  }

  const world: World = { faults: faults.value, sandbox: sandbox.value };

  /** The world; what is not known of it yet is asked for. */
  async function known(): Promise<World> {
    const value = async <T>(path: string, asked: Asked<T>): Promise<T | undefined> => {
      if (asked.value !== undefined) return asked.value;
      const answer = await ask<T>(path);
      return answer.kind === 'done' ? answer.value : undefined;
    };
    const [failing, modes] = await Promise.all([
      value('/dev/faults', faults),
      value('/dev/sandbox', sandbox),
    ]);
    return { faults: failing, sandbox: modes };
  }

  return {
    ...world,
    said,
    change,
    async heal() {
      const whole = await known();
      if (!isKnown(whole)) {
        say({ text: 'Not known yet how the world is: nothing was changed.', isProblem: true });
        return false;
      }
      const done = await change(healing(whole));
      if (done) say({ text: 'All is well again.', isProblem: false });
      return done;
    },
    kill: (name) =>
      post<SandboxView>('/dev/sandbox', { kill: name }, (value) => {
        sandbox.set(value);
        // It is there again in a moment.
        setTimeout(sandbox.look, 700);
        return `The ${name}’s process was killed. It is started again.`;
      }),
    async advance(seconds, words) {
      say({ text: `It becomes ${words} later …`, isProblem: false });
      const done = await post('/dev/clock', { advanceSeconds: seconds }, () => `It is ${words} later.`);
      if (done) window.dispatchEvent(new Event(REFRESH));
      return done;
    },
  };
}
