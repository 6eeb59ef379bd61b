/** Invariants 8 and 9 of the booking: no seat appears or disappears, and what a guest noted is taken once. */
import type { Item } from '../../../core/types.ts';
import { seatsKey } from '../flows/booking.ts';
import type { Run } from '../run.ts';
import type { Story } from './story.ts';
import { requestsOf } from './story.ts';
import type { Violation } from './violation.ts';

export function seats({ around, bookings, contents, over }: Run): Violation[] {
  const violations: Violation[] = [];
  const counts: { [field: string]: number } = { left: bookings.seats, held: 0, sold: 0 };
  for (const { writes } of around.trace.of('committed')) {
    for (const write of writes) {
      if (write.op !== 'add' || write.key.table !== 'seats') continue;
      for (const [field, delta] of Object.entries(write.deltas)) counts[field] = (counts[field] ?? 0) + delta;
      const sum = Object.values(counts).reduce((total, count) => total + count, 0);
      if (sum !== bookings.seats || Object.values(counts).some((count) => count < 0)) {
        violations.push({ invariant: 9, message: `seats: ${JSON.stringify(counts)} of ${bookings.seats}` });
      }
    }
  }
  const key = seatsKey(bookings.venue);
  const stored = contents.find((one) => one.key.table === key.table)?.item as Item;
  const sold = over.items.filter(({ item }) => item['state'] === 'Confirmed').length;
  if (stored['held'] !== 0 || stored['sold'] !== sold) {
    violations.push({
      invariant: 9,
      message: `${sold} bookings are confirmed, but seats are ${JSON.stringify(stored)}`,
    });
  }
  return violations;
}

/** Every note that was taken was sent, and none was taken twice. */
export function notesOnce(story: Story): string[] {
  const requests = requestsOf(story);
  const taken = (story.moves.at(-1)?.record.data['notes'] as number[] | undefined) ?? [];
  const sent = [...requests.values()].flatMap(({ type, payload }) =>
    type === 'Noted' ? [Number(payload['n'])] : [],
  );
  const errors = taken.filter((n) => !sent.includes(n)).map((n) => `note ${n} was never sent`);
  if (new Set(taken).size < taken.length) errors.push(`a note was taken twice: ${taken}`);
  return errors;
}

/** Nothing is confirmed that the venue did not grant. */
export function granted(story: Story): string[] {
  const confirmed = story.moves.some(({ record }) => record.state === 'Confirmed');
  const answers = story.performed.map(({ detail }) => detail['answer']);
  return confirmed && !answers.includes('Granted') ? ['it was confirmed, but the venue granted nothing'] : [];
}

/** Who has granted is not told as having refused: not by the same effect, whatever its later attempts came to. */
export function notDenied(story: Story): string[] {
  return story.moves.flatMap(({ last, step }) => {
    if (last.type !== 'Denied' || !last.eventId.endsWith('/result')) return [];
    const effectId = last.eventId.slice(0, -'/result'.length);
    const granted = story.performed.some(
      (one) => one.effectId === effectId && one.step < step && one.detail['answer'] === 'Granted',
    );
    return granted ? [`${effectId} was told as refused, though the venue had granted it`] : [];
  });
}
