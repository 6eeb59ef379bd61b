/** The engine of one process that holds its data alone: deliver, relay, reconcile, and the recovery after a start. */
import { createDeliverer } from '../core/deliver.ts';
import type { Deliverer, DeliverPorts } from '../core/delivery.ts';
import type { Flow } from '../core/flow.ts';
import { PENDING_BOUND_MS } from '../core/persistence.ts';
import type { ChangeFeed, EffectExecutor, Observer, Table } from '../core/ports.ts';
import { createReconciler, type Reconciled } from '../core/reconciler.ts';
import { createRelay } from '../core/relay.ts';
import { Background, followEntries, inBackground } from './background.ts';

export interface EnginePorts
  extends Pick<DeliverPorts, 'clock' | 'random' | 'resolver' | 'fingerprint' | 'crash'> {
  table: Table & ChangeFeed;
  flows: { [name: string]: Flow };
  executors: { [kind: string]: EffectExecutor };
  observe: Observer;
}

export interface Engine {
  deliverer: Deliverer;
  /** One pass over all that is due. */
  reconcile(): Promise<Reconciled>;
  /** The same, but the effects go on in the background. */
  redrive(): Promise<Reconciled>;
  background: Background;
  /** Takes no more work from the change feed. */
  stop(): void;
}

/** Begins with what an earlier process had claimed or left pending; from then on performs every new entry's effects. */
export function startEngine({ table, flows, executors, ...ports }: EnginePorts): Engine {
  const { clock, observe } = ports;
  const deliverer = createDeliverer({ ...ports, table });
  const relay = createRelay({ ...ports, table, flows, executors, deliver: deliverer.deliver });
  const reconciler = { table, clock, observe, flows, check: deliverer.check };

  const background = new Background(observe);
  const stop = followEntries(table, background, relay.handle);
  // This process holds the data alone: whatever an earlier one had claimed or left pending is now ours.
  const restartedAt = clock.now() - 1;
  const recover = createReconciler({
    ...reconciler,
    relay: inBackground(background, (item) => relay.handle(item, { restartedAt })),
  });
  background.run('recovery', 'start', () => recover(clock.now() + PENDING_BOUND_MS));
  return {
    deliverer,
    reconcile: createReconciler({ ...reconciler, relay }),
    redrive: createReconciler({ ...reconciler, relay: inBackground(background, relay.handle) }),
    background,
    stop,
  };
}
