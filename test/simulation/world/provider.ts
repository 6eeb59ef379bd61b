/** Somebody outside who performs effects: fails, is slow, is away for a while, or does it and does not say so. */
import { EffectError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/types.ts';
import type { Chance } from './chance.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

export interface Order {
  flowId: string;
  effectId: string;
  /** The idempotency key. */
  key: string;
  detail: JsonObject;
  /** Done before, under the same key: who keeps keys does not refuse it now. */
  known?: boolean;
}

/** How long it is away, in ms: beyond the life of a code, too. */
const LONG_MS = 400_000;
const outages = [30_000, 90_000, LONG_MS] as const;

export class Provider {
  readonly #around: Surroundings;
  readonly #chance: Chance;
  #awayUntil = 0;

  constructor(around: Surroundings, name: string) {
    this.#around = around;
    this.#chance = around.chance(name);
  }

  /**
   * Performs an order, and answers with what `done` says.
   *
   * @throws EffectError, or never answers: as providers do.
   */
  async perform<T>(order: Order, process: Process, done: () => T): Promise<T> {
    const { flowId, effectId, key, detail, known } = order;
    const strikes = (kind: Parameters<Surroundings['strikes']>[0]) =>
      this.#around.strikes(kind, process.name, effectId);
    await this.#around.delay(5, 800, process);
    if (strikes('effect-outage')) this.#awayUntil = this.#around.now + this.#chance.pick(outages);
    if (this.#around.now < this.#awayUntil) throw new EffectError('transient', 'outage');
    if (strikes('effect-transient')) throw new EffectError('transient', 'internal-error');
    if (!known && strikes('effect-permanent')) throw new EffectError('permanent', 'refused');
    if (strikes('effect-lost')) return this.#noAnswer(process);
    const result = done();
    const answered = !strikes('effect-late');
    const { name } = process;
    this.#around.trace.add({ what: 'performed', flowId, effectId, key, process: name, answered, detail });
    // Often that was the last it did for a long while.
    if (!answered && this.#chance.chance(0.6)) this.#awayUntil = this.#around.now + LONG_MS;
    if (!answered) return this.#noAnswer(process);
    await this.#around.delay(5, 300, process);
    return result;
  }

  /** Sometimes it says that it does not know, sometimes nothing at all, ever. */
  async #noAnswer(process: Process): Promise<never> {
    if (this.#chance.chance(0.8)) return new Promise<never>(() => {});
    await this.#around.delay(5_000, 15_000, process);
    throw new EffectError('ambiguous', 'no-answer');
  }
}
