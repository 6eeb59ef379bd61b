/** Whose day a run is. Knows nothing of the engine, so that a deliberate bug can still be put into it. */
import type { Edit } from './bugs.ts';

export const casts = ['logins', 'bookings', 'payments', 'checkouts'] as const;
export type Cast = (typeof casts)[number];

/** Sources that one flow alone uses, by how their paths begin. */
const own: { [path: string]: Cast } = {
  'flows/mfa-login/': 'logins',
  'flows/payment/': 'payments',
};

/** Who is concerned by a bug: where one flow alone is, the others' days would only take time. */
export function concernedBy(edits: Edit[]): Cast[] | undefined {
  const found = edits.map(({ file }) => Object.entries(own).find(([path]) => file.startsWith(path))?.[1]);
  const [first] = found;
  return first !== undefined && found.every((one) => one === first) ? [first] : undefined;
}
