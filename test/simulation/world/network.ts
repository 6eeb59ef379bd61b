/** The way from callers to processes: requests and replies are late, doubled or lost. */
import type { Answer, Delivery } from '../../../core/delivery.ts';
import { loggable } from '../../../core/errors.ts';
import type { Chance } from './chance.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

export type Told = Answer | 'broken';

export class Network {
  readonly #around: Surroundings;
  readonly #chance: Chance;
  readonly #processes: () => Process[];

  constructor(around: Surroundings, processes: () => Process[]) {
    this.#around = around;
    this.#chance = around.chance('network');
    this.#processes = processes;
  }

  /** A process that accepts connections now. */
  async reach(): Promise<Process> {
    for (;;) {
      const alive = this.#processes().filter(({ dead, running }) => !dead && running);
      const [first, ...others] = alive;
      if (first) return this.#chance.pick([first, ...others]);
      await this.#around.pause(200);
    }
  }

  /** One request; where the network doubles it, the second goes its own way with the same id. */
  async once(delivery: Delivery): Promise<Told> {
    const { flowId } = delivery;
    if (this.#around.strikes('request-twice', 'network', flowId)) {
      void this.#around.delay(0, 20_000).then(() => this.#send(delivery));
    }
    return this.#send(delivery);
  }

  /** Until there is a final answer, always with the same event id. */
  async request(delivery: Delivery, tries = 6): Promise<Told> {
    for (let attempt = 1; ; attempt++) {
      const told = await this.once(delivery);
      const again = told === 'broken' || told.status === 'unavailable' || told.status === 'conflict';
      if (!again || attempt >= tries) return told;
      await this.#around.delay(200, 5_000);
    }
  }

  async #send(delivery: Delivery): Promise<Told> {
    const { flow, flowId, event } = delivery;
    await this.#around.delay(1, 50);
    if (this.#around.strikes('request-late', 'network', flowId)) await this.#around.delay(0, 60_000);
    if (this.#around.strikes('request-lost', 'network', flowId)) return 'broken';
    const process = await this.reach();
    this.#around.trace.add({ what: 'asked', flow: flow.name, flowId, event, process: process.name });
    const answer = await process
      .ask(async ({ deliverer }) => deliverer.deliver(delivery))
      .catch((error: unknown) => {
        this.#around.trace.add({ what: 'threw', flowId, event, error: loggable(error) });
        return 'broken' as const;
      });
    this.#around.trace.add({ what: 'answered', flowId, event, answer });
    await this.#around.delay(1, 50);
    return this.#around.strikes('reply-lost', 'network', flowId) ? 'broken' : answer;
  }
}
