/** An order, live: where it stands, and what can be asked of it. */
import { useState } from 'preact/hooks';
import { ask } from '../common/api.ts';
import { useAsked } from './asked.ts';
import { type Money, moneyText } from './money.ts';
import { problemText } from './refusals.ts';
import { StateWords } from './state.tsx';
import { orderStates } from './states.ts';

/** `GET /checkouts/{checkoutId}` */
export interface OrderView {
  checkoutId: string;
  state: string;
  paymentUrl?: string;
  total?: Money;
}

interface OrderProps {
  id: string;
  onClose(): void;
}

export function Order({ id, onClose }: OrderProps) {
  const path = `/checkouts/${encodeURIComponent(id)}`;
  const asked = useAsked<OrderView>(path, 'checkout', id);
  const [problem, setProblem] = useState<string>();
  const { value: order } = asked;

  async function cancel(): Promise<void> {
    const answer = await ask<OrderView>(path, { method: 'DELETE' });
    if (answer.kind === 'done') asked.set(answer.value);
    setProblem(problemText(answer, { hasKey: false }));
  }

  return (
    <section class="card order" aria-labelledby="order-title">
      <header class="world-head">
        <h2 id="order-title">Your order</h2>
        <code class="id">{id}</code>
      </header>
      {asked.isMissing && <p class="note note-bad">There is no such order, or no longer.</p>}
      {asked.last === 'silent' && (
        <p class="note note-bad">Detent does not answer. It is asked again all the time.</p>
      )}
      {order && <StateWords states={orderStates} state={order.state} />}
      {order?.total && <p class="quiet">Total {moneyText(order.total)}</p>}
      <div class="actions">
        {order?.paymentUrl && (
          <a class="button main" href={order.paymentUrl} target="_blank" rel="noopener noreferrer">
            Pay at the provider’s page<span class="hidden"> (opens a new tab)</span>
          </a>
        )}
        <button type="button" onClick={cancel}>
          Cancel the order
        </button>
        <button type="button" onClick={onClose}>
          Put it aside
        </button>
      </div>
      <p role="alert" class={problem ? 'said said-bad' : 'said'}>
        {problem}
      </p>
    </section>
  );
}
