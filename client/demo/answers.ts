/** Pure: what the API answered to what was pressed. */
import type { Answered } from '../common/api.ts';
import { refusalText } from './refusals.ts';
import { paymentStates, wordsOf } from './states.ts';

/** One request, that may be sent again as it is. */
export interface Sent {
  /** `authorize`, `capture`, … */
  action: string;
  body?: { value: number };
  key: string;
}

/** A request with its answer; undefined while it is under way. */
export interface AnswerLine {
  n: number;
  sent: Sent;
  answer?: Answered<{ state: string; version: number }>;
  /** Whether it was sent before under the same key. */
  again: boolean;
}

/** As many as are shown. */
export const MOST_LINES = 12;

/** `202`, `409 wrong-state`, `…`. */
export function statusText({ answer }: AnswerLine): string {
  if (!answer) return '…';
  if (answer.kind === 'silent') return 'no answer';
  return answer.kind === 'done' ? String(answer.status) : `${answer.refusal.status} ${answer.refusal.name}`;
}

/** What that means. */
export function answerText({ answer }: AnswerLine): string {
  if (!answer) return 'Under way.';
  if (answer.kind === 'silent') return 'It may have been heard or not. Send it again under the same key.';
  if (answer.kind === 'refused') return refusalText(answer.refusal);
  const { state, version } = answer.value;
  return `Taken: ${wordsOf(paymentStates, state).title}, version ${version}.`;
}

/** Whether it was a success, a no, or neither. */
export const toneOf = ({ answer }: AnswerLine): string =>
  !answer ? 'quiet' : answer.kind === 'done' ? 'good' : answer.kind === 'refused' ? 'bad' : 'warn';

/** The lines with one more, the newest first. */
export const withLine = (lines: readonly AnswerLine[], line: AnswerLine): AnswerLine[] =>
  [line, ...lines].slice(0, MOST_LINES);

/** The lines with an answer that has come. */
export const withAnswer = (
  lines: readonly AnswerLine[],
  n: number,
  answer: NonNullable<AnswerLine['answer']>,
): AnswerLine[] => lines.map((line) => (line.n === n ? { ...line, answer } : line));
