/**
 * What the same login needs elsewhere: the right password, an SMS, a wait for its code, the right code, a session; nothing fails,
 * and each of the four pieces of work (password, SMS, code, session) is retried on its own, as here. All are counted to the same
 * point, here and elsewhere: the session is there, and the second request answered. Derived from what the makers'
 * documents say is stored or billed, read in November 2026; nobody ran it.
 */
import { standardTransitions } from '../cost-login.ts';
import { prices } from '../prices.ts';

export interface Other {
  name: string;
  /** As it stands in the names of results. */
  key: string;
  /** What is counted: durable, and most often what is billed. */
  unit: string;
  /** What the number is the sum of. */
  parts: { [what: string]: number };
  /** US dollars for one; absent where nobody bills it. */
  price?: number;
  /** What has to be paid or stored beside it. */
  beside: string;
  source: string;
  /** Where the price stands, if not in the source. */
  priceSource?: string;
}

export const others: readonly Other[] = [
  {
    name: 'one Standard execution with task tokens',
    key: 'standard',
    unit: 'state transitions',
    parts: Object.fromEntries(standardTransitions.map((state) => [state, 1])),
    price: prices.standardTransition,
    beside: 'a table for the tokens and for the answer to the first request; the same functions',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html',
    priceSource: 'https://aws.amazon.com/step-functions/pricing/',
  },
  {
    name: 'Lambda durable functions',
    key: 'durableFunctions',
    unit: 'durable operations',
    parts: { start: 1, 'steps: password, SMS, code, session': 4, 'callback that the code completes': 1 },
    price: 8e-6,
    beside:
      'GB of data written and kept; a table for the callback id and for the answer to the first request',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/durable-basic-concepts.html',
    priceSource: 'https://aws.amazon.com/lambda/pricing/',
  },
  {
    name: 'Temporal Cloud',
    key: 'temporal',
    unit: 'actions',
    parts: {
      start: 1,
      'updates, since both requests want an answer': 2,
      'activities: password, SMS, code, session': 4,
      'timer of the code': 1,
    },
    price: 50e-6,
    beside: 'storage; the workers',
    source: 'https://docs.temporal.io/cloud/actions',
    priceSource: 'https://docs.temporal.io/cloud/pricing',
  },
  {
    name: 'DBOS',
    key: 'dbos',
    unit: 'writes to Postgres',
    parts: {
      'two of the workflow': 2,
      'steps: password, SMS, code, session': 4,
      'the message with the code, sent and received': 2,
      'the deadline of the wait': 1,
      'the answer to the first request, an event': 1,
    },
    beside: 'Postgres',
    source: 'https://docs.dbos.dev/architecture',
  },
];

export const sumOfParts = ({ parts }: Other): number =>
  Object.values(parts).reduce((sum, one) => sum + one, 0);

/** One line: `start 1 + steps: … 4`. Where every part counts once, the parts alone. */
export function derivation({ parts }: Other): string {
  const all = Object.entries(parts);
  if (all.every(([, count]) => count === 1)) return all.map(([what]) => what).join(' + ');
  return all.map(([what, count]) => `${count} (${what})`).join(' + ');
}
