/** A new payment: how much, and on which card. */
import { useRef, useState } from 'preact/hooks';
import { ask, newKey } from '../common/api.ts';
import { isOpen } from '../common/wishes.ts';
import { cards, cardText } from './cards.ts';
import { minorUnits, moneyText } from './money.ts';
import type { PaymentView } from './payment.tsx';
import { problemText } from './refusals.ts';
import { type Wish, wishFor } from './wish.ts';

const currencies = ['EUR', 'USD', 'GBP', 'CHF', 'JPY', 'BHD'];

/** @param onPayment hears of the payment that was created. */
export function PaymentForm({ onPayment }: { onPayment(payment: PaymentView): void }) {
  const [amount, setAmount] = useState('12.90');
  const [currency, setCurrency] = useState('EUR');
  const [paymentMethod, setCard] = useState('pm_card_visa');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const open = useRef<Wish | undefined>(undefined);
  const asking = useRef(false);
  const value = minorUnits(amount, currency);

  async function create(): Promise<void> {
    if (asking.current) return;
    if (value === undefined) return setProblem(`“${amount}” is no amount in ${currency}, such as 12.90.`);
    asking.current = true;
    setBusy(true);
    const body = { merchant: 'demo shop', amount: { value, currency }, paymentMethod };
    open.current = wishFor(body, open.current, newKey);
    const answer = await ask<PaymentView>('/payments', { method: 'POST', body, key: open.current.key });
    if (!isOpen(answer)) open.current = undefined;
    setProblem(problemText(answer, { hasKey: true }));
    if (answer.kind === 'done') onPayment(answer.value);
    asking.current = false;
    setBusy(false);
  }

  return (
    <form
      class="card"
      noValidate
      aria-labelledby="new-title"
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <h2 id="new-title">A new payment</h2>
      <div class="fields-row">
        <div>
          <label for="amount">Amount</label>
          <input
            id="amount"
            inputMode="decimal"
            autocomplete="off"
            value={amount}
            onInput={({ currentTarget }) => setAmount(currentTarget.value)}
          />
        </div>
        <div>
          <label for="currency">Currency</label>
          <select
            id="currency"
            value={currency}
            onChange={({ currentTarget }) => setCurrency(currentTarget.value)}
          >
            {currencies.map((code) => (
              <option key={code}>{code}</option>
            ))}
          </select>
        </div>
      </div>
      <label for="card">Card</label>
      <select
        id="card"
        class="wide"
        value={paymentMethod}
        aria-describedby="card-what"
        onChange={({ currentTarget }) => setCard(currentTarget.value)}
      >
        {cards.map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      <p id="card-what" class="quiet">
        {cardText(paymentMethod)} <code>{paymentMethod}</code>
      </p>
      <div class="actions">
        <button type="submit" class="main" aria-disabled={isBusy}>
          Create a payment{value !== undefined && ` of ${moneyText({ value, currency })}`}
        </button>
      </div>
      <p role="alert" class={problem ? 'said said-bad' : 'said'}>
        {problem}
      </p>
    </form>
  );
}
