/** One process that runs the engine: the code is the real one, what it reaches is simulated. */
import { createAslResolver, type Invoke } from '../../../adapters/embedded/asl-resolver.ts';
import { type Action, performAction, toolsFor } from '../../../core/action.ts';
import type { Deliverer } from '../../../core/delivery.ts';
import { DetentError } from '../../../core/errors.ts';
import type { Flow } from '../../../core/flow.ts';
import { keyedHash } from '../../../core/keyed-hash.ts';
import type {
  Clock,
  CrashHook,
  EffectExecutor,
  Resolver,
  Secrets,
  Signal,
  Table,
} from '../../../core/ports.ts';
import type { Relay } from '../../../core/relay.ts';
import type { Chance } from './chance.ts';
import type { Waiter } from './scheduler.ts';
import type { Surroundings } from './surroundings.ts';

/** What a run needs to know of a flow. */
export interface Kit {
  flow: Flow;
  actions: Action[];
  executors(table: Table, process: Process): { [kind: string]: EffectExecutor };
}

/** The engine, as a process starts it. */
export interface Running {
  deliverer: Deliverer;
  reconcile(): Promise<unknown>;
  /** Where entries come from a feed outside of the process. */
  relay?: Relay;
}

export class Process implements Waiter {
  readonly name: string;
  readonly #around: Surroundings;
  readonly #freezes: Chance;
  readonly #ended: (() => void)[] = [];
  dead = false;
  frozenUntil = 0;
  running: Running | undefined;
  readonly clock: Clock;

  /** @param aheadMs how far its clock is ahead of the true time: those of several machines never agree. */
  constructor(around: Surroundings, name: string, aheadMs: number, onEnd: () => void) {
    this.#around = around;
    this.name = name;
    this.#freezes = around.chance(`freezes of ${name}`);
    this.clock = {
      now: () => around.now + aheadMs,
      sleep: (ms) => around.scheduler.wait(ms, this),
      after: (ms, task) => around.scheduler.after(ms, this, task),
    };
    this.#ended.push(onEnd);
  }

  /** The connection ends with the process: then the answer is `broken`. */
  ask<T>(work: (running: Running) => Promise<T>): Promise<T | 'broken'> {
    const { running } = this;
    if (this.dead || !running) return Promise.resolve('broken');
    return new Promise((resolve, reject) => {
      this.#ended.push(() => resolve('broken'));
      work(running).then(resolve, reject);
    });
  }

  kill(where: string): void {
    if (this.dead) return;
    this.dead = true;
    this.#around.trace.add({ what: 'crashed', process: this.name, detail: where });
    for (const end of this.#ended) end();
  }

  readonly crash: CrashHook = (point, subject) => {
    const where = `${point} ${subject}`;
    if (this.#around.strikes('crash', this.name, where)) {
      this.kill(where);
      return new Promise<void>(() => {});
    }
    if (this.#around.strikes('freeze', this.name, where)) {
      this.frozenUntil = this.#around.now + this.#freezes.whole(5, 64) * 1_000;
    }
    return undefined;
  };

  readonly observe = (signal: Signal): void =>
    this.#around.trace.add({ what: 'signal', process: this.name, signal });

  /** The ports that every engine of this process has. */
  ports(kits: Kit[], table: Table, secret: Secrets) {
    const { crash, clock, observe } = this;
    const flows = Object.fromEntries(kits.map(({ flow }) => [flow.name, flow]));
    const executors = Object.assign({}, ...kits.map((kit) => kit.executors(table, this)));
    return {
      ...{ table, crash, clock, observe, flows, executors },
      random: this.#around.chance(this.name),
      resolver: this.#resolver(kits, table, secret),
      fingerprint: async (text: string) => keyedHash(await secret('requests'), 'fingerprint', text, 'hex'),
    };
  }

  #resolver(kits: Kit[], table: Table, secret: Secrets): Resolver {
    const { scheduler, trace } = this.#around;
    const strikes = (kind: Parameters<Surroundings['strikes']>[0], subject: string) =>
      this.#around.strikes(kind, this.name, subject);
    const definitions = Object.fromEntries(kits.map(({ flow }) => [flow.name, flow.definition]));
    const real = createAslResolver(definitions, this.#invoke(kits, table, secret), { retryPauseMs: 0 });
    return {
      resolve: async (flow, input) => {
        if (strikes('execution-failed', input.flow.id)) throw executionFailed();
        const output = await scheduler.working(() => real.resolve(flow, input));
        const { event, flow: instance } = input;
        trace.add({ what: 'resolved', flowId: instance.id, version: instance.version, event, output });
        return output;
      },
    };
  }

  /** Actions run while the execution runs: whatever they wait for is simulated, what they compute is not. */
  #invoke(kits: Kit[], table: Table, secret: Secrets): Invoke {
    const { scheduler } = this.#around;
    const actions = new Map(kits.flatMap((kit) => kit.actions.map((action) => [action.name, action])));
    const reads = (): Pick<Table, 'read' | 'query'> => {
      const waiting = scheduler.waits();
      return {
        read: (...wanted) => waiting(() => table.read(...wanted)),
        query: (...wanted) => waiting(() => table.query(...wanted)),
      };
    };
    const secrets: Secrets = async (name) => {
      if (name === 'signing' && this.#around.strikes('signing-failed', this.name)) {
        throw new Error('the signing key cannot be read');
      }
      return secret(name);
    };
    const { outages, faults } = this.#around;
    const failing = (name: string, flowId: string) => {
      const now = this.#around.now;
      const strikes = (kind: 'action-failed' | 'action-outage') =>
        this.#around.strikes(kind, this.name, `${name} ${flowId}`);
      if (strikes('action-outage')) outages.set(name, now + 60_000);
      const away = !faults.calm && now < (outages.get(name) ?? 0);
      if (away || strikes('action-failed')) throw new Error('action failed');
    };
    return async (name, input) => {
      await scheduler.waiting(() => this.#around.delay(0.1, 20, this));
      const action = actions.get(name) as Action;
      failing(name, input.flow.id);
      const step = await performAction(action, input, toolsFor(action, reads(), secrets));
      failing(name, input.flow.id);
      return step;
    };
  }
}

const executionFailed = () => new DetentError('resolver-failed', 'the execution could not be started');
