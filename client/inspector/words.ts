/** Pure: what the words of the API mean to a reader. */
import type { EffectStatus } from '../../core/bookkeeping.ts';
import type { OverdueView, StuckReason } from '../../local/inspector/views.ts';

/** The tone in which something is shown; what it says stands beside it in words. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet';

export const effectSigns: { [Status in EffectStatus]: { sign: string; tone: Tone } } = {
  pending: { sign: '○', tone: 'quiet' },
  claimed: { sign: '◐', tone: 'quiet' },
  delivered: { sign: '✓', tone: 'good' },
  failed: { sign: '✕', tone: 'bad' },
  unknown: { sign: '?', tone: 'warn' },
  expired: { sign: '⊘', tone: 'quiet' },
};

/** Why somebody should look at an instance: in a word, in a sentence, and what to do about it. */
export const stuckWords: { [Reason in StuckReason]: { word: string; why: string; advice: string } } = {
  overdue: {
    word: 'overdue',
    why: 'Its deadline, or an event that it has deferred, has been due for more than a minute, and nothing has moved it.',
    advice:
      'The reconciler passes every second: look in the log of the process for what keeps it from this one, and at the effects below.',
  },
  'effect-unknown': {
    word: 'effect unknown',
    why: 'Nobody knows whether an effect was performed, and nobody tries any more.',
    advice:
      'Look on the other side, by the id of the effect, whether it was. Then tell the instance; the runbook says how (docs/runbook.md).',
  },
  'effect-failed': {
    word: 'effect failed',
    why: 'An effect was given up, and the state that waits for it is not a final one.',
    advice:
      'Its reason is in the history. Mend that; then ask for it again, or let the deadline of the state pass.',
  },
  alarm: {
    word: 'alarm',
    why: 'It has called for a person since the process was started.',
    advice:
      'The runbook says what each alarm asks for (docs/runbook.md). The effects below say what it is about.',
  },
};

/** What something that is due waits for. */
export const waitingFor: { [What in OverdueView['overdue'][number]['what']]: string } = {
  deadline: 'its deadline to be told',
  deferred: 'deferred events to be taken up',
  effects: 'its effects to be performed',
};

/** `1 try`, `3 tries`. */
export const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
