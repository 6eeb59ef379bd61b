/** All checks of a run. Their numbers are those of the invariants in docs/reliability.md. */
import type { Run } from '../run.ts';
import { granted, notDenied, notesOnce, seats } from './booking.ts';
import * as checkout from './checkout.ts';
import {
  claims,
  kept,
  noMore,
  nothingInvented,
  nothingLost,
  once,
  refusedBySomebody,
  resultsDelivered,
  watched,
} from './effects.ts';
import { countdown, delays, password, quota, session } from './login.ts';
import { decided, inOrder, ledgerEqualsJournal, oneWinner, told, withinBounds } from './payment.ts';
import { bounded, gapsOf, ledger, prompt, rests, soon, unbroken } from './rest.ts';
import { secrets } from './secrets.ts';
import { type Story, storiesOf } from './story.ts';
import * as transitions from './transitions.ts';
import type { Violation } from './violation.ts';

export function check(run: Run): Violation[] {
  const stories = storiesOf(run);
  const { settings, people, kit } = run.logins;
  const logins = stories.filter(({ flow }) => flow === kit.flow);
  const bookings = stories.filter(({ flow }) => flow === run.bookings.kit.flow);
  const payments = stories.filter(({ flow }) => flow === run.payments.kit.flow);
  const orders = stories.filter(({ flow }) => flow === run.checkouts.kit.flow);
  const { bank, mailbag } = run.checkouts;
  const [lines, pages] = [bank.ledger(), bank.pages()];
  const movements = run.payments.bank.ledger();
  const { all } = run.around.trace;
  const gaps = gapsOf(all);
  const calm = all.find(({ what }) => what === 'calm')?.at ?? 0;
  const wellSince = Math.max(calm, run.payments.bank.awayUntil);
  const each = (invariant: number, told: Story[], find: (story: Story) => string[]): Violation[] =>
    told.flatMap((story) => find(story).map((message) => ({ invariant, flowId: story.flowId, message })));
  const plain = (invariant: number, messages: string[]): Violation[] =>
    messages.map((message) => ({ invariant, message }));

  return [
    ...unbroken(run),
    ...ledger(run),
    ...each(1, stories, transitions.atomic),
    ...each(1, stories, transitions.immutable),
    ...each(2, stories, nothingLost),
    ...each(2, stories, resultsDelivered),
    ...each(2, stories, kept),
    ...each(2, stories, (story) => refusedBySomebody(story, all)),
    ...each(3, stories, (story) => nothingInvented(story, all)),
    ...each(3, stories, transitions.asked),
    ...each(4, stories, (story) => once(story, all)),
    ...each(4, stories, (story) => noMore(story, all)),
    ...each(4, stories, (story) => claims(story, run.kind)),
    ...each(5, stories, transitions.gapless),
    ...each(5, stories, transitions.appliedOnce),
    ...each(5, stories, transitions.answers),
    ...each(5, stories, transitions.forgotten),
    ...each(5, stories, transitions.refused),
    ...each(5, stories, (story) => transitions.beaten(story, all)),
    ...each(6, stories, transitions.edges),
    ...rests(run.settled, false),
    ...rests(run.over, true),
    ...each(7, stories, (story) => prompt(story, gaps)),
    ...each(7, stories, (story) => soon(story, all)),
    ...each(7, stories, (story) => watched(story, all)),
    ...each(7, stories, bounded),
    ...each(8, stories, transitions.deferred),
    ...each(8, bookings, notesOnce),
    ...seats(run),
    ...each(9, bookings, granted),
    ...each(9, bookings, notDenied),
    ...each(4, payments, oneWinner),
    ...each(9, payments, (story) => ledgerEqualsJournal(story, movements)),
    ...each(9, payments, (story) => inOrder(story, movements)),
    ...each(9, payments, withinBounds),
    ...each(7, payments, (story) => decided(story, wellSince)),
    ...plain(2, told(run, payments)),
    ...checkout.stock(run),
    ...each(9, orders, (story) => checkout.money(story, lines)),
    ...each(4, orders, (story) => checkout.onePage(story, pages)),
    ...each(9, orders, (story) => checkout.shipped(story, lines)),
    ...each(9, orders, checkout.notUnderWay),
    ...each(9, orders, checkout.noWithoutAWord),
    ...each(2, orders, (story) => checkout.bothKnown(story, mailbag.forbidden)),
    ...each(2, orders, (story) => checkout.alarms(story, all)),
    ...plain(3, checkout.heard(run)),
    ...each(10, logins, session),
    ...each(10, logins, (story) => countdown(story, settings)),
    ...each(10, logins, (story) => password(story, people)),
    ...plain(10, quota(logins, settings)),
    ...plain(10, delays(logins, settings, people)),
    ...each(11, stories, transitions.folding),
    ...each(11, stories, transitions.chained),
    ...secrets(run, stories),
  ];
}
