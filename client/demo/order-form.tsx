/** What is wanted, and the button that orders it: once, however often it is pressed. */
import { useRef, useState } from 'preact/hooks';
import { ask, newKey } from '../common/api.ts';
import { isOpen } from '../common/wishes.ts';
import { type Asked, useAsked } from './asked.ts';
import { type Good, Goods } from './goods.tsx';
import { moneyText } from './money.ts';
import type { OrderView } from './order.tsx';
import { problemText } from './refusals.ts';
import { type Quantities, unsaid, type Wish, wishFor, wishIn } from './wish.ts';

interface GoodsView {
  currency: string;
  goods: Good[];
}

/** Where a wish without an answer outlives a reload. */
const OPEN_WISH = 'detent-demo-order';

/** @param onOrder hears of the order that was placed. */
export function OrderForm({ onOrder }: { onOrder(order: OrderView): void }) {
  const asked: Asked<GoodsView> = useAsked('/dev/inventory', 'checkout');
  const [wanted, want] = useState<Quantities>(kept()?.wanted ?? { mug: 1 });
  const [email, setEmail] = useState(kept()?.email ?? 'you@example.com');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const open = useRef<Wish | undefined>(wishIn(sessionStorage.getItem(OPEN_WISH)));
  const asking = useRef(false);
  const { goods = [], currency = 'EUR' } = asked.value ?? {};
  const total = goods.reduce((sum, { sku, price }) => sum + price * (wanted[sku] || 0), 0);

  function keep(wish: Wish | undefined): void {
    open.current = wish;
    if (wish) sessionStorage.setItem(OPEN_WISH, JSON.stringify(wish));
    else sessionStorage.removeItem(OPEN_WISH);
  }

  async function order(): Promise<void> {
    // A second press of a double click.
    if (asking.current) return;
    const sku = unsaid(wanted);
    if (sku !== undefined) return setProblem(`How many of ${sku}?`);
    asking.current = true;
    setBusy(true);
    const items = Object.entries(wanted).flatMap(([sku, quantity]) =>
      quantity === 0 ? [] : [{ sku, quantity }],
    );
    const body = { items, email };
    const wish = wishFor(body, open.current, newKey);
    keep(wish);
    const answer = await ask<OrderView>('/checkouts', { method: 'POST', body, key: wish.key });
    if (!isOpen(answer)) keep(undefined);
    setProblem(problemText(answer, { hasKey: true }));
    if (answer.kind === 'done') onOrder(answer.value);
    asked.look();
    asking.current = false;
    setBusy(false);
  }

  return (
    <form
      class="card"
      noValidate
      aria-labelledby="goods-title"
      onSubmit={(event) => {
        event.preventDefault();
        void order();
      }}
    >
      <h2 id="goods-title" tabIndex={-1}>
        Goods
      </h2>
      <Goods
        {...{ goods, currency, wanted }}
        onWant={(sku, quantity) => want((before) => ({ ...before, [sku]: quantity }))}
      />
      {asked.last === 'silent' && (
        <p class="note note-bad">Detent does not answer. It is asked again all the time.</p>
      )}
      <label for="email">Email</label>
      <input
        id="email"
        class="wide"
        type="email"
        autocomplete="email"
        value={email}
        onInput={({ currentTarget }) => setEmail(currentTarget.value)}
      />
      <div class="actions">
        <button type="submit" class="main" aria-disabled={isBusy}>
          Order for {moneyText({ value: total, currency })}
        </button>
      </div>
      <p role="alert" class={problem ? 'said said-bad' : 'said'}>
        {problem}
      </p>
    </form>
  );
}

/** What was wanted when no answer came, after a reload. */
function kept(): { wanted: Quantities; email: string } | undefined {
  const wish = wishIn(sessionStorage.getItem(OPEN_WISH));
  if (!wish) return undefined;
  const { items, email }: { items: { sku: string; quantity: number }[]; email: string } = JSON.parse(
    wish.body,
  );
  return { wanted: Object.fromEntries(items.map(({ sku, quantity }) => [sku, quantity])), email };
}
