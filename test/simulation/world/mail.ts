/** A queue by which other systems tell what has happened: at least once, late, in any order. */

import type { Delivery } from '../../../core/delivery.ts';
import type { Flow } from '../../../core/flow.ts';
import { createIntake } from '../../../core/intake.ts';
import { sources } from '../../../flows/checkout/sources.ts';
import type { Network } from './network.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';
import type { Report } from './warehouse.ts';

interface Message {
  flow: string;
  flowId: string;
  event: { id: string; type: string; payload: { [field: string]: string } };
}

/** What became of messages, by the orders that they are about. */
export interface Mailbag {
  /** Nobody is allowed to tell that. */
  forbidden: string[];
  /** Refused for good. */
  refused: string[];
  /** Called done without an answer that says so. */
  forgotten: string[];
}

const BUSY = { status: 'unavailable', reason: 'busy' } as const;

/** What is held up, ms. */
const LATE_MS = 120_000;

export class Mail {
  readonly #around: Surroundings;
  readonly #network: Network;
  readonly #flow: Flow;
  readonly #bag: Mailbag;

  constructor(around: Surroundings, network: Network, flow: Flow, bag: Mailbag) {
    [this.#around, this.#network, this.#flow, this.#bag] = [around, network, flow, bag];
  }

  async send(source: string, { flowId, id, type }: Report): Promise<void> {
    const around = this.#around;
    const message = { flow: this.#flow.name, flowId, event: { id, type, payload: {} } };
    around.trace.add({ what: 'outside', who: source, does: 'tells', flowId, detail: { type } });
    const strikes = (kind: 'report-late' | 'report-twice') => around.strikes(kind, source, flowId);
    if (strikes('report-twice')) void around.delay(0, 60_000).then(() => this.hand(source, message));
    if (strikes('report-late')) await around.delay(1_000, LATE_MS);
    await this.hand(source, message);
  }

  /** Again and again until it is taken, or refused for good. */
  async hand(source: string, message: Message): Promise<void> {
    const { flowId, event } = message;
    for (;;) {
      const process = await this.#network.reach();
      // Each source has ids of its own.
      const named = { ...event, id: `${source}/${event.id}` };
      const about = { flow: this.#flow.name, flowId, event: named, process: process.name };
      if (source in sources && sources[source]?.[message.flow]?.includes(event.type))
        this.#around.trace.add({ what: 'asked', ...about });
      const taken = await this.#take(process, source, message);
      if (taken === 'refused') this.#bag.refused.push(flowId);
      if (taken !== 'again' && taken !== 'broken') return;
      await this.#around.delay(500, 20_000);
    }
  }

  #take(process: Process, source: string, message: Message) {
    const around = this.#around;
    return process.ask(async ({ deliverer }) => {
      let isDone = false;
      const deliver = async (delivery: Delivery) => {
        if (around.strikes('report-unheard', process.name, delivery.flowId)) return BUSY;
        const answer = await deliverer.deliver(delivery);
        isDone = ['applied', 'deferred', 'rejected'].includes(answer.status);
        around.trace.add({ what: 'answered', flowId: delivery.flowId, event: delivery.event, answer });
        return answer;
      };
      const flows = { [this.#flow.name]: this.#flow };
      const intake = createIntake({ deliver, flows, sources, observe: process.observe });
      const taken = await intake(source, JSON.stringify(message));
      if (taken !== 'again' && taken !== 'refused' && !isDone) this.#bag.forgotten.push(message.flowId);
      return taken;
    });
  }
}
