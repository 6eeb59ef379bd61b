/** Invariant 10 and the limits of the login, held against what people typed and what their phones got. */
import type { JsonObject } from '../../../core/types.ts';
import type { Settings } from '../../../flows/mfa-login/settings.ts';
import type { Person } from '../flows/logins.ts';
import type { Move, Story } from './story.ts';
import { requestsOf } from './story.ts';

const ms = (instant: unknown): number => Date.parse(String(instant));
const named = ({ last: { version, type, eventId } }: Move) => `version ${version} (${type} ${eventId})`;
const applied = ({ last }: Move) => last.answer.status === 'applied' && last.answer.outcome !== 'Dropped';

/** The code that the phone of a login got, if it got any. */
const codeOf = ({ performed }: Story): string | undefined =>
  performed[0] && String(performed[0].detail['body']).slice(0, 6);

/** One session per login; a code works once, in time, and only the right one. */
export function session(story: Story): string[] {
  const requests = requestsOf(story);
  const entered = story.moves.filter(({ last }) => last.to === 'LoggedIn' && last.from !== 'LoggedIn');
  const errors = entered.slice(1).map((move) => `${named(move)} logged in a second time`);
  for (const move of entered) {
    const typed = requests.get(move.last.eventId)?.payload['code'];
    const code = codeOf(story);
    // Somebody may guess right before the message has gone.
    if (code !== undefined && typed !== code)
      errors.push(`${named(move)}: ${typed} was taken, the code is ${code}`);
    if (move.last.at >= String(move.before?.data['expiresAt'])) errors.push(`${named(move)} came too late`);
  }
  const tokens = story.answered.filter(({ answer }) => typeof answer === 'object' && hasToken(answer));
  for (const { event } of tokens) {
    if (!entered.some(({ last }) => last.eventId === event.id))
      errors.push(`${event.id} got a token for nothing`);
  }
  if (new Set(tokens.map(({ event }) => event.id)).size > 1) errors.push('two requests got a token');
  return errors;
}

const hasToken = (answer: object): boolean => 'reply' in answer && 'token' in (answer.reply as JsonObject);

/** Attempts and resends count down from their limits, one at a time; the code and its end stay what they were. */
export function countdown({ moves }: Story, settings: Settings): string[] {
  return moves.flatMap((move) => {
    const { before, record, last } = move;
    if (record.data['codeCounter'] === undefined || !applied(move)) return [];
    const errors: string[] = [];
    const was = before?.data['codeCounter'] === undefined ? undefined : before.data;
    const now = record.data;
    const wrong = last.facts.some((fact) => ['OtpInvalid', 'OtpExhausted'].includes(fact));
    const attempts = Number(was?.['attemptsLeft'] ?? settings.attempts) - (wrong ? 1 : 0);
    if (now['attemptsLeft'] !== attempts || attempts < 0) {
      errors.push(`${named(move)} leaves ${now['attemptsLeft']} attempts, not ${attempts}`);
    }
    if (wrong && (attempts === 0) !== (record.state === 'Locked'))
      errors.push(`${named(move)} ends in ${record.state}`);
    const resent = last.type === 'ResendRequested';
    const resends = Number(was?.['resendsLeft'] ?? settings.resends) - (resent ? 1 : 0);
    if (now['resendsLeft'] !== resends || resends < 0)
      errors.push(`${named(move)} leaves ${now['resendsLeft']} resends`);
    if (resent && last.at < String(was?.['resendAvailableAt'])) errors.push(`${named(move)} came too early`);
    const end =
      was?.['expiresAt'] ?? new Date(ms(record.createdAt) + settings.codeSeconds * 1000).toISOString();
    if (now['expiresAt'] !== end) errors.push(`${named(move)} moved the end of the code`);
    if (record.state === 'WaitForOtpInput' && record.deadline !== end)
      errors.push(`${named(move)} moved the deadline`);
    if (was && now['codeCounter'] !== was['codeCounter']) errors.push(`${named(move)} changed the code`);
    return errors;
  });
}

/** Nobody gets as far as a code without the password. */
export function password(story: Story, people: Person[]): string[] {
  const requests = requestsOf(story);
  return story.moves.flatMap((move) => {
    if (move.last.from !== 'New' || move.record.state === 'Denied') return [];
    const payload = requests.get(move.last.eventId)?.payload;
    const person = people.find(({ username }) => username === payload?.['username']);
    return person?.password === payload?.['password']
      ? []
      : [`${named(move)} was accepted with a wrong password`];
  });
}

/** What happened to an account or to a phone, over all of its logins, in the order of the commits. */
const inOrder = (stories: Story[]): { story: Story; move: Move }[] =>
  stories
    .flatMap((story) => story.moves.map((move) => ({ story, move })))
    .filter(({ move }) => applied(move))
    .sort((one, other) => one.move.step - other.move.step);

/** Per phone and hour, counted from the first SMS of each window. */
export function quota(stories: Story[], { smsQuotaPerHour }: Settings): string[] {
  const windows = new Map<string, { from: number; sent: number }>();
  return inOrder(stories).flatMap(({ story, move: { record, last } }) => {
    if (!last.facts.includes('OtpSent')) return [];
    const phone = String(record.data['phone']);
    const known = windows.get(phone);
    const at = ms(last.at);
    const window = known && at < known.from + 3_600_000 ? known : { from: at, sent: 0 };
    window.sent++;
    windows.set(phone, window);
    return window.sent > smsQuotaPerHour
      ? [`${story.flowId}: SMS ${window.sent} of an hour with ${smsQuotaPerHour}`]
      : [];
  });
}

/** After so many failures in a row no new login gets as far as a code, until the delay is over. */
export function delays(stories: Story[], settings: Settings): string[] {
  const { failuresBeforeDelay: limit, delaySeconds, longestDelaySeconds } = settings;
  const rows = new Map<string, { failures: number; until: number }>();
  const row = (name: string) => {
    const known = rows.get(name) ?? { failures: 0, until: 0 };
    rows.set(name, known);
    return known;
  };
  const failed = (name: string, at: number) => {
    const counted = row(name);
    if (++counted.failures < limit) return;
    const seconds = Math.min(delaySeconds * 2 ** (counted.failures - limit), longestDelaySeconds);
    counted.until = at + seconds * 1000;
  };
  return inOrder(stories).flatMap(({ story, move: { record, last } }) => {
    const payload = requestsOf(story).get(story.moves[0]?.last.eventId ?? '')?.payload ?? {};
    const codes = `codes of ${payload['username']}`;
    const passwords = `passwords of ${payload['username']} from ${payload['source']}`;
    const at = ms(last.at);
    const delayed = [codes, passwords].some((name) => row(name).until > at);
    if (last.facts.some((fact) => ['OtpInvalid', 'OtpExhausted'].includes(fact))) failed(codes, at);
    if (last.facts.includes('PasswordRefused') && !delayed) failed(passwords, at);
    if (record.state === 'LoggedIn' && last.from !== 'LoggedIn')
      for (const name of [codes, passwords]) rows.delete(name);
    return last.from === 'New' && last.facts.includes('PasswordAccepted') && delayed
      ? [`${story.flowId} was let in during a delay`]
      : [];
  });
}
