/** A warehouse behind a queue that delivers at least once: ships, refuses, is slow, or says nothing. */
import { EffectError } from '../../../core/errors.ts';
import type { QueueSender } from '../../../core/ports.ts';
import type { JsonObject } from '../../../core/types.ts';
import type { FulfilmentCommand } from '../../../flows/checkout/fulfilment.ts';
import type { Chance } from './chance.ts';
import type { FaultKind } from './faults.ts';
import type { Process } from './process.ts';
import { Provider } from './provider.ts';
import type { Surroundings } from './surroundings.ts';

/** What it tells of an order. */
export interface Report {
  flowId: string;
  id: string;
  type: 'OrderFulfilled' | 'FulfilmentRejected';
}

/** How long it takes: usually, and when it is slow, ms. */
const PROMPT_MS = 4_000;
const SLOW_MS = 1_200_000;
/** After how long one that says nothing may have shipped all the same. */
const SILENT_MS = 1_700_000;
/** What the queue holds up, ms. */
const LATE_MS = 200_000;

/** An order as the warehouse has it: all under one id is one order. */
interface Known {
  command: FulfilmentCommand;
  /** Nobody ever hears of it, or not before it is asked again. */
  manner: 'tells' | 'mute' | 'silent';
  answer?: Report['type'];
}

export class Warehouse {
  readonly #around: Surroundings;
  readonly #chance: Chance;
  readonly #queue: Provider;
  readonly #tell: (report: Report) => void;
  readonly #known = new Map<string, Known>();
  /** Orders of which the queue has taken something: whoever sent it need not know. */
  readonly #taken = new Set<string>();

  constructor(around: Surroundings, tell: (report: Report) => void) {
    this.#around = around;
    this.#chance = around.chance('warehouse');
    this.#queue = new Provider(around, 'queue of the warehouse');
    this.#tell = tell;
  }

  /** The queue as one process reaches it. */
  queue(process: Process): QueueSender {
    return {
      send: async ({ id: effectId, body }) => {
        const command = body as unknown as FulfilmentCommand;
        const { flowId, again: _, ...told } = command;
        const detail = { ...told } as unknown as JsonObject;
        if (this.#taken.has(command.id) && this.#strikes('queue-refuses', command))
          throw new EffectError('permanent', 'refused');
        return this.#queue.perform({ flowId, effectId, key: effectId, detail }, process, () => {
          if (this.#strikes('command-twice', command)) void this.#arrives(command);
          void this.#arrives(command);
          this.#taken.add(command.id);
          return { receipt: effectId };
        });
      },
    };
  }

  /** Whether it has goods of which it has said nothing. */
  get isQuiet(): boolean {
    return [...this.#known.values()].some(({ manner }) => manner !== 'tells');
  }

  readonly #strikes = (kind: FaultKind, { flowId }: FulfilmentCommand) =>
    this.#around.strikes(kind, 'warehouse', flowId);

  /** At once, too: before whoever has sent it knows that it was taken. */
  async #arrives(command: FulfilmentCommand): Promise<void> {
    if (this.#strikes('command-late', command)) await this.#around.delay(1_000, LATE_MS);
    else if (this.#chance.chance(0.7)) await this.#around.delay(5, 500);
    const known = this.#known.get(command.id);
    const { notAfter } = command as { notAfter?: string };
    const isOver = notAfter !== undefined && this.#around.now >= Date.parse(notAfter);
    if (!known) return isOver ? undefined : this.#handle(command);
    // Under an id that it knows it does nothing anew; asked again, it answers again.
    if (!command.again || known.manner === 'silent') return;
    known.manner = 'tells';
    this.#answer(known);
  }

  async #handle(command: FulfilmentCommand): Promise<void> {
    const manner = this.#strikes('warehouse-silent', command)
      ? 'silent'
      : this.#strikes('warehouse-mute', command)
        ? 'mute'
        : 'tells';
    const known: Known = { command, manner };
    this.#known.set(command.id, known);
    // Silent for good: nothing was done, or it was and is told much later.
    if (manner === 'silent') {
      if (this.#chance.chance(0.5)) return;
      await this.#around.pause(this.#chance.between(0, SILENT_MS));
      return this.#shipsUnasked(known, SLOW_MS / 4);
    }
    const rejects = this.#strikes('warehouse-rejects', command);
    if (this.#strikes('warehouse-slow', command)) await this.#around.pause(this.#chance.between(0, SLOW_MS));
    else if (this.#chance.chance(0.8)) await this.#around.delay(5, PROMPT_MS);
    this.#does(rejects ? 'rejects' : 'ships', command);
    known.answer = rejects ? 'FulfilmentRejected' : 'OrderFulfilled';
    this.#answer(known);
  }

  /** Somebody has asked on the telephone, was told nothing, and now the goods go out. */
  async hurry(flowId: string): Promise<void> {
    const known = [...this.#known.values()].find(({ command }) => command.flowId === flowId);
    if (known?.manner !== 'silent' || !this.#chance.chance(0.9)) return;
    await this.#around.pause(this.#chance.between(0, this.#chance.pick([1_000, 60_000])));
    await this.#shipsUnasked(known, 1_000);
  }

  /** What nobody expects any more. */
  async #shipsUnasked(known: Known, tellsWithinMs: number): Promise<void> {
    if (known.answer) return;
    this.#does('ships', known.command);
    known.answer = 'OrderFulfilled';
    await this.#around.pause(this.#chance.between(0, tellsWithinMs));
    known.manner = 'tells';
    this.#answer(known);
  }

  #does(does: string, { id, flowId, items }: FulfilmentCommand): void {
    const detail = { id, items } as unknown as JsonObject;
    this.#around.trace.add({ what: 'outside', who: 'warehouse', does, flowId, detail });
  }

  /** The answer to one id is one report, however often it is given. */
  #answer({ manner, answer: type, command: { id, flowId } }: Known): void {
    if (manner === 'tells' && type) this.#tell({ flowId, id, type });
  }
}
