/** What happened in a run, in order: for the checks, and for people. */
import type { Answer } from '../../../core/delivery.ts';
import type { Signal } from '../../../core/ports.ts';
import type { DefinitionOutput, FlowEvent, JsonObject, Write } from '../../../core/types.ts';

type Happening =
  /** A caller asked for an event to be delivered. */
  | { what: 'asked'; flow: string; flowId: string; event: Omit<FlowEvent, 'at'>; process: string }
  /** What a caller was told; `broken`: the connection ended without an answer. */
  | { what: 'answered'; flowId: string; event: Omit<FlowEvent, 'at'>; answer: Answer | 'broken' }
  /** The engine itself failed: never to happen. */
  | { what: 'threw'; flowId: string; event: Omit<FlowEvent, 'at'>; error: string }
  /** What the definition said, before anything was written. */
  | { what: 'resolved'; flowId: string; version: number; event: FlowEvent; output: DefinitionOutput }
  | { what: 'committed'; writes: Write[]; process: string }
  /** An effect reached the outside world. `answered`: whether the process could learn of it. */
  | {
      what: 'performed';
      flowId: string;
      effectId: string;
      key: string;
      process: string;
      answered: boolean;
      detail: JsonObject;
    }
  /** Somebody outside did something of their own accord: a customer paid, a warehouse shipped. */
  | { what: 'outside'; who: string; does: string; flowId: string; detail: JsonObject }
  | { what: 'signal'; process: string; signal: Signal }
  | { what: 'fault'; kind: string; process: string; subject: string }
  | { what: 'started'; process: string; detail: string }
  | { what: 'crashed'; process: string; detail: string }
  | { what: 'calm' };

export type Happened = Happening & { step: number; at: number };

export class Trace {
  readonly all: Happened[] = [];
  #ended = false;
  readonly #stamp: () => { step: number; at: number };

  constructor(stamp: () => { step: number; at: number }) {
    this.#stamp = stamp;
  }

  /** What is still under way when a run ends (an execution of a process that died in it, say) is no part of it. */
  end(): void {
    this.#ended = true;
  }

  add(happening: Happening): void {
    if (!this.#ended) this.all.push({ ...happening, ...this.#stamp() });
  }

  of<W extends Happened['what']>(what: W): Extract<Happened, { what: W }>[] {
    return this.all.filter((one): one is Extract<Happened, { what: W }> => one.what === what);
  }
}
