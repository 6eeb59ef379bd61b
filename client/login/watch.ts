/** When the page asks how its login stands without being told to. */
import { type Shown, waits } from './view.ts';

/** While a state waits: what another tab did, or the network of phones, shows within this time. */
export const LOOK_EVERY_MS = 10_000;

/** After a deadline: at once, then more and more rarely. It is the API that says when a login has expired; it may take a minute. */
const AFTER_DEADLINE_MS = [0, 1_000, 2_000, 4_000];

/** The instant at which what is shown ends by itself. */
export const deadlineOf = ({ view, session }: Shown): string | undefined =>
  session?.expiresAt ?? (waits(view) ? view?.expiresAt : undefined);

/** After a wish: what it set off may have failed by then. */
const AFTER_WISH_MS = 2_000;

export interface Looks {
  /** How many there were since the deadline passed. */
  late: number;
  /** Whether there was none since the last wish. */
  isFirst: boolean;
}

/** How long to wait after one look, or a wish, for the next look, in ms. */
export function pauseMs(shown: Shown, now: number, { late, isFirst }: Looks): number {
  const { view, trouble } = shown;
  const deadline = deadlineOf(shown);
  if (deadline !== undefined && Date.parse(deadline) <= now) return AFTER_DEADLINE_MS[late] ?? LOOK_EVERY_MS;
  if (!trouble?.again && !waits(view) && view?.state !== 'LoggedIn') return Number.POSITIVE_INFINITY;
  return isFirst && waits(view) && !trouble?.again ? AFTER_WISH_MS : LOOK_EVERY_MS;
}
