/** A payment, live: where it stands, a button for each event, and every answer. */
import { useRef, useState } from 'preact/hooks';
import { type Answered, ask, newKey } from '../common/api.ts';
import { type AnswerLine, type Sent, withAnswer, withLine } from './answers.ts';
import { Answers } from './answers.tsx';
import { useAsked } from './asked.ts';
import { type Money, minorUnits, moneyText } from './money.ts';
import { StateWords } from './state.tsx';
import { paymentStates } from './states.ts';

/** `GET /payments/{paymentId}` */
export interface PaymentView {
  paymentId: string;
  state: string;
  amount: Money;
  captured?: Money;
  reversed?: Money;
  failure?: string;
  version: number;
}

const events: readonly [action: string, label: string][] = [
  ['authorize', 'Authorise'],
  ['capture', 'Capture'],
  ['cancel', 'Cancel'],
  ['abort', 'Abort'],
  ['reverse', 'Reverse'],
];

export function Payment({ id }: { id: string }) {
  const path = `/payments/${encodeURIComponent(id)}`;
  const asked = useAsked<PaymentView>(path, 'payment', id);
  const [lines, setLines] = useState<readonly AnswerLine[]>([]);
  const [part, setPart] = useState('');
  const [isTwice, setTwice] = useState(false);
  const [problem, setProblem] = useState<string>();
  const count = useRef(0);
  const { value: payment } = asked;
  const currency = payment?.amount.currency ?? 'EUR';

  async function send(sent: Sent, again: boolean): Promise<void> {
    const n = ++count.current;
    setLines((before) => withLine(before, { n, sent, again }));
    const { action, body, key } = sent;
    const answer: Answered<PaymentView> = await ask(`${path}/${action}`, {
      ...{ method: 'POST', key },
      ...(body && { body }),
    });
    setLines((before) => withAnswer(before, n, answer));
    asked.look();
  }

  /** Each press is a wish of its own: whether it fits, the API says. */
  function press(action: string): void {
    const value = action === 'capture' && part.trim() !== '' ? minorUnits(part, currency) : undefined;
    if (action === 'capture' && part.trim() !== '' && value === undefined) {
      setProblem(`“${part}” is no amount in ${currency}. Without any, all of it is captured.`);
      return;
    }
    setProblem(undefined);
    for (let times = isTwice ? 2 : 1; times > 0; times--)
      void send({ action, key: newKey(), ...(value !== undefined && { body: { value } }) }, false);
  }

  return (
    <section class="card payment" aria-labelledby="payment-title">
      <header class="world-head">
        <h2 id="payment-title">The payment</h2>
        <code class="id">{id}</code>
      </header>
      {asked.isMissing && <p class="note note-bad">There is no such payment.</p>}
      {asked.last === 'silent' && (
        <p class="note note-bad">Detent does not answer. It is asked again all the time.</p>
      )}
      {payment && <StateWords states={paymentStates} state={payment.state} />}
      {payment && <Amounts payment={payment} />}
      <div class="fields-row">
        <div>
          <label for="part">Capture only</label>
          <input
            id="part"
            inputMode="decimal"
            autocomplete="off"
            placeholder="all of it"
            value={part}
            onInput={({ currentTarget }) => setPart(currentTarget.value)}
          />
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={isTwice}
            onChange={({ currentTarget }) => setTwice(currentTarget.checked)}
          />
          Twice at once
        </label>
      </div>
      <div class="actions">
        {events.map(([action, label]) => (
          <button type="button" key={action} onClick={() => press(action)}>
            {label}
          </button>
        ))}
      </div>
      <p role="alert" class={problem ? 'said said-bad' : 'said'}>
        {problem}
      </p>
      <Answers lines={lines} onAgain={(sent) => void send(sent, true)} />
    </section>
  );
}

function Amounts({ payment: { amount, captured, reversed, failure, version } }: { payment: PaymentView }) {
  const rows = { Amount: amount, Captured: captured, 'Given back': reversed };
  return (
    <dl class="amounts">
      {Object.entries(rows).map(
        ([name, money]) => money && <Pair key={name} name={name} text={moneyText(money)} />,
      )}
      {failure && <Pair name="Reason" text={failure} />}
      <Pair name="Version" text={String(version)} />
    </dl>
  );
}

const Pair = ({ name, text }: { name: string; text: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{text}</dd>
  </div>
);
