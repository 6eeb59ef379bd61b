/** Customers who pay: capture a part, cancel too late, abort at the instant at which they authorise, ask twice. */
import type { CardGateway } from '../../../core/card-gateway.ts';
import { EffectError } from '../../../core/errors.ts';
import { type Publication, publishExecutors } from '../../../core/publication.ts';
import { gatewayExecutors } from '../../../flows/payment/gateway.ts';
import { payment, paymentActions } from '../../../flows/payment/index.ts';
import { defaultPaymentSettings } from '../../../flows/payment/settings.ts';
import { Bank } from '../world/bank.ts';
import type { Chance } from '../world/chance.ts';
import type { Network, Told } from '../world/network.ts';
import type { Kit, Process } from '../world/process.ts';
import type { Surroundings } from '../world/surroundings.ts';
import { traced } from '../world/traced.ts';

/** Shorter than in life, so that all of them pass within a run. */
export const paymentSettings = {
  ...defaultPaymentSettings,
  createdSeconds: 600,
  authorizedSeconds: 900,
  longestInquireSeconds: 240,
  keySeconds: 150,
  keyMarginSeconds: 30,
};
/** Longer than the engine relies on them, as Stripe does; with room for a call that is under way, and for clocks. */
const KEEP_KEYS_MS = (paymentSettings.keySeconds + 60) * 1_000;

export interface Payments {
  kit: Kit;
  bank: Bank;
  /** What listeners have been told, in the order in which it came. */
  published: Publication[];
  live(network: Network): Promise<void>;
}

export function createPayments(around: Surroundings): Payments {
  const chance = around.chance('customers');
  const bank = new Bank(around, { keepKeysMs: KEEP_KEYS_MS });
  const published: Publication[] = [];

  async function publish(process: Process, message: Publication): Promise<void> {
    const subject = `${message.flowId}/${message.version}/0`;
    await around.delay(5, 300, process);
    if (around.strikes('publish-failed', process.name, subject)) throw new EffectError('transient', 'away');
    published.push(message);
    if (around.strikes('publish-late', process.name, subject))
      throw new EffectError('ambiguous', 'no-answer');
  }

  const kit: Kit = {
    flow: payment(paymentSettings),
    actions: paymentActions(paymentSettings),
    executors: (table, process) => {
      const gateway: CardGateway = bank.gateway(process);
      return traced(around, process, {
        ...gatewayExecutors(gateway, paymentSettings, table),
        ...publishExecutors((message) => publish(process, message)),
      });
    },
  };

  return {
    kit,
    bank,
    published,
    async live(network) {
      const customers = Array.from({ length: chance.whole(5, 8) }, (_, n) =>
        pay(around, network, kit, bank, around.chance(`customer ${n}`)),
      );
      await Promise.all(customers);
    },
  };
}

const cards = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa_chargeDeclined',
  'pm_card_visa_chargeDeclinedInsufficientFunds',
  'pm_card_captureFail',
  'pm_card_refundFail',
  'pm_card_pendingRefund',
] as const;

const VALUE = 1_000;

async function pay(
  around: Surroundings,
  network: Network,
  { flow }: Kit,
  bank: Bank,
  chance: Chance,
): Promise<void> {
  const over = () => around.faults.calm;
  const flowId = chance.id().replaceAll(' ', '-');
  const tell = (type: string, payload = {}, id = chance.id()): Promise<Told> =>
    over() ? Promise.resolve('broken') : network.request({ flow, flowId, event: { id, type, payload } });
  const think = (ms: number) => around.pause(chance.between(0, chance.pick([100, ms])));

  await around.pause(chance.between(0, 60_000));
  const amount = { value: VALUE, currency: 'EUR' };
  await tell('PaymentCreated', { merchant: 'shop', amount, paymentMethod: chance.pick(cards) });
  await think(chance.chance(0.05) ? 700_000 : 5_000);
  // Two at the same instant: one of them wins.
  if (chance.chance(0.85)) await Promise.all([tell('Authorize'), tell('Abort')]);
  else await tell('Authorize');
  for (let steps = chance.whole(1, 4); steps > 0 && !over(); steps--) {
    await think(chance.pick([3_000, 90_000]));
    const what = chance.fraction();
    if (what < 0.3) await tell('Capture', { value: chance.pick([VALUE, 400, 1, VALUE + 1]) });
    else if (what < 0.5) await tell('Capture');
    else if (what < 0.6) await tell('Cancel');
    else if (what < 0.75) await Promise.all([tell('Capture'), tell('Cancel')]);
    else if (what < 0.8) await Promise.all([tell('Capture', { value: 1 }), tell('Capture', { value: 2 })]);
    else if (what < 0.95) await tell('Reverse');
    else await tell('DeadlinePassed');
  }
  const [told] = await Promise.all([tell('Reverse'), tell('Reverse')]);
  const ended = told !== 'broken' && told.status === 'rejected' ? told.state : '';
  if (['AuthError', 'Aborted'].includes(ended) && chance.chance(0.3)) await sayYesAfterAll();

  /** The gateway says yes after all, and goes on saying so until it is heard. */
  async function sayYesAfterAll(): Promise<void> {
    const authorization = bank.approveLate(flowId, VALUE);
    const event = { id: chance.id(), type: 'AuthApproved', payload: { authorization } };
    for (let heard: Told = 'broken'; heard === 'broken'; ) {
      heard = await network.request({ flow, flowId, event });
      if (heard !== 'broken' && ['unavailable', 'conflict'].includes(heard.status)) heard = 'broken';
    }
  }
}
