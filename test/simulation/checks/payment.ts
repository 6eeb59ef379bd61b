/** Invariants 4 and 9 of the payment: what the gateway did is what the journal says, and what the journal says is told. */

import type { GatewayRequest } from '../../../core/card-gateway.ts';
import { entryOf } from '../../../core/journal.ts';
import { publicationOf } from '../../../core/publication.ts';
import type { Item } from '../../../core/types.ts';
import { paymentSettings } from '../flows/payments.ts';
import type { Run } from '../run.ts';
import type { Story } from './story.ts';
import { same, stable } from './violation.ts';

type Movement = ReturnType<Run['payments']['bank']['ledger']>[number];

/** What has moved at the gateway when a payment is at its end, in order. */
const moved: { [state: string]: string[] } = {
  Aborted: [],
  AuthError: [],
  Cancelled: ['authorized', 'voided'],
  CancelError: ['authorized'],
  CaptureError: ['authorized'],
  Captured: ['authorized', 'captured'],
  Reversed: ['authorized', 'captured', 'refunded'],
  ReverseError: ['authorized', 'captured'],
};

/** No double charge, no lost refund, nothing captured that the history does not explain. */
export function ledgerEqualsJournal(story: Story, all: Movement[]): string[] {
  const own = all.filter(({ paymentId }) => paymentId === story.flowId);
  const last = story.moves.at(-1)?.record;
  if (!last) return own.length > 0 ? ['the gateway moved money for a payment that does not exist'] : [];
  const kinds = own.map(({ kind }) => kind);
  const expected = moved[last.state];
  const errors: string[] = [];
  if (!expected) errors.push(`it rests in ${last.state}`);
  else if (!same(kinds, expected)) errors.push(`it is ${last.state}, but the gateway says: ${kinds}`);
  const { amount, captured, reversed } = last.data as { [field: string]: { value: number } | undefined };
  const sum = (kind: string) =>
    own.filter((one) => one.kind === kind).reduce((total, { value }) => total + value, 0);
  if (sum('captured') !== (captured?.value ?? 0))
    errors.push(`${sum('captured')} were captured, and the journal says ${captured?.value}`);
  if (sum('refunded') !== (reversed?.value ?? 0))
    errors.push(`${sum('refunded')} were refunded, and the journal says ${reversed?.value}`);
  if (sum('captured') > (amount?.value ?? 0)) errors.push('more was captured than authorised');
  if (sum('refunded') > sum('captured')) errors.push('more was refunded than captured');
  return errors;
}

/** Nobody asks for more than there is: neither the gateway's guard nor its luck is relied on. */
export function withinBounds({ moves, notes }: Story): string[] {
  const requests = notes
    .filter(({ before }) => !before)
    .flatMap(({ entry }) => entry.effects)
    .flatMap(({ request }) => [request as unknown as GatewayRequest]);
  const { amount } = (moves[0]?.record.data ?? {}) as { amount?: { value: number; currency: string } };
  const bound = (request: GatewayRequest): number =>
    request.do === 'reverse'
      ? Math.min(...requests.flatMap((one) => (one.do === 'capture' ? [one.amount.value] : [])))
      : (amount?.value ?? 0);
  return requests.flatMap((request) =>
    'amount' in request &&
    (request.amount.value > bound(request) || request.amount.currency !== amount?.currency)
      ? [`it asks to ${request.do} ${JSON.stringify(request.amount)}`]
      : [],
  );
}

/** The fact that says that it has happened, by the movement. */
const said: { [kind: string]: string } = {
  authorized: 'AuthorizationApproved',
  captured: 'AmountCaptured',
  voided: 'AuthorizationVoided',
  refunded: 'AmountReversed',
};

/** Nothing is said before it has happened, and nothing happens that was not asked for before. */
export function inOrder({ flowId, moves }: Story, all: Movement[]): string[] {
  return all
    .filter((one) => one.paymentId === flowId && one.kind !== 'expired')
    .flatMap(({ kind, at }) => {
      const told = moves.find(({ last }) => last.facts.includes(said[kind] ?? ''));
      return told && told.at < Date.parse(at) ? [`it was told as ${kind} before it was`] : [];
    });
}

/** Of Authorize and Abort that come at the same instant, one wins; the other is told the state. */
export function oneWinner({ moves, answered }: Story): string[] {
  const out = moves.filter(({ last }) => last.from === 'Created' && last.to !== 'Created');
  if (out.length > 1) return [`${out.length} events left Created`];
  const [won] = out;
  return answered.flatMap(({ event, answer }) => {
    if (!won || answer === 'broken' || !['Authorize', 'Abort'].includes(event.type)) return [];
    if (answer.status === 'applied' && event.id !== won.last.eventId)
      return [`${event.type} ${event.id} was told that it won`];
    return answer.status === 'rejected' && answer.state === 'Created'
      ? [`${event.type} ${event.id} was refused in Created`]
      : [];
  });
}

/** The schedule, the lateness of the index, the calls themselves. */
const SLACK_MS = 180_000;

/**
 * No payment waits long for a gateway that is well: until the next inquiry, or the one after that where the first falls into the
 * minute between two keys.
 */
export function decided({ moves }: Story, wellSince: number): string[] {
  return moves.flatMap(({ before, last, at }) => {
    const { sent } = (before?.data ?? {}) as { sent?: { at: string } };
    if (last.type !== 'DeadlinePassed' || !sent) return [];
    const since = Math.max(wellSince, Date.parse(sent.at));
    const late = at - since - 2 * paymentSettings.longestInquireSeconds * 1000 - SLACK_MS;
    return late > 0
      ? [`${last.from} still waits for the gateway ${(at - since) / 1000} s after it is well`]
      : [];
  });
}

/** Every transition is told at least once, and never otherwise than it was. */
export function told(run: Run, stories: Story[]): string[] {
  const entries = run.over.items.filter(({ sk, item }) => sk !== 'record' && item['publishes'] === true);
  const messages = new Map<string, Set<string>>();
  const name = (one: { flowId: string; version: number }) => `${one.flowId}/${one.version}`;
  for (const message of run.payments.published) {
    const known = messages.get(name(message)) ?? new Set();
    messages.set(name(message), known.add(stable(message)));
  }
  const wrong = entries.flatMap(({ item }) => {
    const wanted = publicationOf(entryOf(item as Item));
    const found = messages.get(name(wanted));
    messages.delete(name(wanted));
    if (!found) return [`${name(wanted)} was told to nobody`];
    return found.size === 1 && found.has(stable(wanted)) ? [] : [`${name(wanted)} was told otherwise`];
  });
  const owed = stories.flatMap(({ moves }) => moves).length - entries.length;
  return [
    ...wrong,
    ...[...messages.keys()].map((one) => `${one} was told, and is in no journal`),
    ...(owed === 0 ? [] : [`${owed} transitions have no entry to be told`]),
  ];
}
