/** Customers who want the last pieces: pay, pay later, change their minds, go away; and the person who looks after orders. */
import { alarmExecutors } from '../../../core/alarm.ts';
import { EffectError } from '../../../core/errors.ts';
import type { Observer, Table } from '../../../core/ports.ts';
import { fulfilmentExecutors } from '../../../flows/checkout/fulfilment.ts';
import { checkout, checkoutActions } from '../../../flows/checkout/index.ts';
import { stockKey } from '../../../flows/checkout/inventory.ts';
import { checkoutExecutors } from '../../../flows/checkout/payments.ts';
import { defaultCheckoutSettings } from '../../../flows/checkout/settings.ts';
import { Bank } from '../world/bank.ts';
import type { Chance } from '../world/chance.ts';
import { Mail, type Mailbag } from '../world/mail.ts';
import type { Network } from '../world/network.ts';
import type { Kit, Process } from '../world/process.ts';
import type { Surroundings } from '../world/surroundings.ts';
import { traced } from '../world/traced.ts';
import { Warehouse } from '../world/warehouse.ts';
import { Webhooks } from '../world/webhooks.ts';
import { shop } from './customer.ts';

const MINUTE = 60_000;
/** What takes an hour in life takes five minutes here, at the bank, too: by its own clock it is an hour. */
const PACE = 12;

/** Shorter than in life, so that all of them pass within a run; that an effect is tried again takes as long as ever. */
export const checkoutSettings = {
  ...defaultCheckoutSettings,
  longestCreateSeconds: 240,
  sessionSeconds: 360,
  paymentSeconds: 390,
  longestPaymentSeconds: 780,
  fulfilmentSeconds: 240,
  longestRefundSeconds: 240,
};
/** By its own clock: for longer than a page can be made, so that there is one, and not for as long as a refund is asked for. */
const KEEP_KEYS_MS = 72 * MINUTE;
/** For how long those who raise alarms are away: for longer than an effect is usually tried. */
const ALARMS_AWAY_MS = 600_000;
/** For how long a person waits to hear of goods of which the warehouse says nothing. */
const PATIENCE_MS = 22 * MINUTE;

export interface Good {
  sku: string;
  price: number;
  onHand: number;
}

export interface Checkouts {
  kit: Kit;
  bank: Bank;
  goods: Good[];
  mailbag: Mailbag;
  stock(table: Table): Promise<unknown>;
  live(network: Network): Promise<void>;
}

export function createCheckouts(around: Surroundings): Checkouts {
  const chance = around.chance('shop');
  const bank = new Bank(around, {
    name: 'bank of the shop',
    keepKeysMs: KEEP_KEYS_MS,
    pace: PACE,
    lapses: 0.3,
  });
  const warehouse = new Warehouse(around, (report) => void mail?.send('warehouse', report));
  const flow = checkout(checkoutSettings);
  const goods = ['mug', 'cap', 'poster'].map((sku, n) => ({
    ...{ sku, price: [1290, 1990, 890][n] ?? 0, onHand: chance.whole(1, chance.pick([4, 14])) },
  }));
  const mailbag: Mailbag = { forbidden: [], refused: [], forgotten: [] };
  /** Sessions that were paid before anybody could know of them: of these the bank tells for certain. */
  const certain = new Set<string>();
  let mail: Mail | undefined;
  let alarmsAwayUntil = 0;
  let looking = 0;
  /** Orders into which a person has looked: once each. */
  const looked = new Set<string>();

  /** An alarm that was heard; now and then nobody hears any for a while. */
  const heard = (process: Process): Observer => {
    return (signal) => {
      if (signal.type !== 'alarm') return;
      const { flowId, reason } = signal;
      if (around.strikes('alarm-outage', process.name, flowId)) alarmsAwayUntil = around.now + ALARMS_AWAY_MS;
      if (around.now < alarmsAwayUntil) throw new EffectError('transient', 'away');
      process.observe(signal);
      if (reason === 'WarehouseSilent' && chance.chance(0.95)) void lookInto(flowId);
    };
  };

  /** A person goes and looks; what they find need not be how it stays. */
  async function lookInto(flowId: string): Promise<void> {
    if (looked.has(flowId)) return;
    looked.add(flowId);
    looking++;
    await around.pause(chance.between(10_000, 5 * MINUTE));
    looking--;
    if (around.faults.calm) return;
    const type = chance.chance(0.85) ? 'FulfilmentRejected' : 'OrderFulfilled';
    around.trace.add({ what: 'outside', who: 'operator', does: 'says', flowId, detail: { type } });
    void warehouse.hurry(flowId);
    await mail?.send('operator', { flowId, id: chance.chance(0.5) ? `${flowId}/3/1` : chance.id(), type });
  }

  const executors: Kit['executors'] = (_table, process) => ({
    ...traced(around, process, checkoutExecutors(bank.checkout(process), bank.gateway(process))),
    ...traced(around, process, alarmExecutors(heard(process))),
    // The queue has a trace of its own: what was taken without an answer is in it, too.
    ...fulfilmentExecutors(warehouse.queue(process)),
  });
  const kit: Kit = { flow, actions: checkoutActions(checkoutSettings), executors };

  async function live(network: Network): Promise<void> {
    mail = new Mail(around, network, flow, mailbag);
    new Webhooks(around, bank, network, flow, certain);
    const carts: Chance[] = Array.from({ length: chance.whole(5, 8) }, (_, n) => around.chance(`cart ${n}`));
    const market = { around, network, flow, bank, goods, certain };
    await Promise.all(carts.map((cart) => shop(market, cart)));
    // What the warehouse may not tell.
    if (chance.chance(0.3) && !around.faults.calm) {
      const [page] = bank.pages();
      const flowId = page?.client_reference_id ?? 'none';
      mailbag.forbidden.push(flowId);
      const event = { id: 'forbidden', type: 'PaymentSucceeded', payload: { session: page?.id ?? '' } };
      await mail.hand('warehouse', { flow: flow.name, flowId, event });
    }
    const until = around.now + PATIENCE_MS;
    while (around.now < until && !around.faults.calm && (warehouse.isQuiet || looking > 0))
      await around.pause(20_000);
  }

  return {
    ...{ kit, bank, goods, mailbag, live },
    stock: (table) =>
      table.transact(
        goods.map((good) => ({
          op: 'put',
          key: stockKey(good.sku),
          item: { ...good, reserved: 0, sold: 0 },
        })),
      ),
  };
}
