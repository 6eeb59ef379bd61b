/** One customer with one cart. */
import type { Flow } from '../../../core/flow.ts';
import type { Bank } from '../world/bank.ts';
import type { Chance } from '../world/chance.ts';
import type { Network, Told } from '../world/network.ts';
import type { Surroundings } from '../world/surroundings.ts';
import type { Good } from './checkouts.ts';

export interface Market {
  around: Surroundings;
  network: Network;
  flow: Flow;
  bank: Bank;
  goods: Good[];
  /** Sessions of which the bank tells for certain. */
  certain: Set<string>;
}

const cards = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_refundFail',
  'pm_card_refundFail',
  'pm_card_pendingRefund',
] as const;

const FAILS_LATER = 0.9;

export async function shop(market: Market, chance: Chance): Promise<void> {
  const { around, network, flow, bank, certain } = market;
  const over = () => around.faults.calm;
  const flowId = chance.id().replaceAll(' ', '-');
  const tell = (type: string, payload = {}, fresh = false): Promise<Told> => {
    const event = { id: chance.id(), type, payload };
    return over() ? Promise.resolve('broken') : network.request({ flow, flowId, event, fresh });
  };
  const think = (ms: number) => around.pause(chance.between(0, chance.pick([50, ms])));
  const act = (session: string, deed: Parameters<Bank['act']>[1]) => {
    if (over()) return;
    around.trace.add({ what: 'outside', who: 'customer', does: deed, flowId, detail: { session } });
    bank.act(session, deed, chance.pick(cards));
  };

  // The last pieces go in the same moment.
  await around.pause(chance.between(0, chance.pick([100, 60_000])));
  const ordered = tell('OrderPlaced', order(market.goods, chance), chance.chance(0.5));
  const cancels = chance.fraction();
  const eager = chance.chance(0.3);
  if (cancels < 0.05) await tell('CancelRequested');
  const session = eager ? await atTheBank() : ordered.then(inTheShop);
  const page = await session;
  if (page === undefined || over()) return;
  if (eager) certain.add(page);
  else await think(chance.pick([5_000, 100_000]));
  // At the same instant, or with enough time between them.
  const cancelled =
    cancels < 0.35 ? think(chance.pick([100, 3_000])).then(() => tell('CancelRequested')) : undefined;
  // Whose bank says no a little later may be the first of whom anything is told.
  const what = eager && chance.chance(0.2) ? FAILS_LATER : chance.fraction();
  if (what < 0.1) act(page, 'decline');
  if (what < 0.7) {
    await think(chance.pick([100, 3_000]));
    act(page, 'pay');
  } else if (what < 0.8) act(page, 'pay-later');
  else if (what <= FAILS_LATER) act(page, 'fail-later');
  await cancelled;
  if (chance.chance(0.1)) await tell('CancelRequested');
  if (chance.chance(0.1)) await tell('DeadlinePassed');

  /** The page as soon as it exists: what the customer does may be told before the order knows of the page. */
  async function atTheBank(): Promise<string | undefined> {
    for (let look = 1; look <= 40 && !over(); look++) {
      const found = bank.pages().find(({ client_reference_id: id }) => id === flowId);
      if (found) return found.id;
      await around.pause(100 * look);
    }
    return undefined;
  }

  /** The page that the shop shows. */
  async function inTheShop(): Promise<string | undefined> {
    for (let look = 1; look <= 20 && !over(); look++) {
      const process = await network.reach();
      const asked = process.ask(({ deliverer }) => deliverer.load(flow, flowId));
      const record = await asked.catch(() => 'broken' as const);
      if (record === undefined && look > 3) return undefined;
      const view = record && record !== 'broken' ? flow.view(record.state, record.data) : {};
      const url = view['paymentUrl'];
      if (url !== undefined) return String(url).split('/').at(-1);
      await around.pause(500 * look);
    }
    return undefined;
  }
}

/** Now and then one that cannot be. */
function order(goods: Good[], chance: Chance) {
  const wanted = goods.filter(() => chance.chance(0.5));
  const [first] = goods;
  const items = (wanted.length > 0 || !first ? wanted : [first]).map(({ sku }) => ({
    sku,
    quantity: chance.pick([1, 1, 2]),
  }));
  const what = chance.fraction();
  if (what < 0.02) items.push({ sku: 'moon', quantity: 1 });
  // Twice the same good in one cart is as good as two of it.
  if (what > 0.9) items.push({ sku: items[0]?.sku ?? 'mug', quantity: 1 });
  return { items, email: what > 0.02 && what < 0.04 ? 'nobody' : 'guest@example.com' };
}
