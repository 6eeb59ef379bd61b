/** Invariant 10 and the limits of the login, held against what people typed and what their phones got. */
import type { JsonObject } from '../../../core/types.ts';
import type { Settings } from '../../../flows/mfa-login/settings.ts';
import type { Person } from '../flows/logins.ts';
import { LAG_MS } from '../world/storage.ts';
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
    const { expiresAt } = (move.record.data['session'] ?? {}) as JsonObject;
    // A token counts in whole seconds.
    const rest = ms(move.record.deadline) - ms(expiresAt);
    if (!(rest >= 0 && rest < 1_000)) errors.push(`${named(move)}: the session ends at ${expiresAt}`);
  }
  if (new Set(story.performed.map(({ detail }) => detail['body'])).size > 1)
    errors.push('its messages differ');
  const tokens = story.answered.filter(({ answer }) => typeof answer === 'object' && hasToken(answer));
  for (const { event } of tokens) {
    if (!entered.some(({ last }) => last.eventId === event.id))
      errors.push(`${event.id} got a token for nothing`);
  }
  for (const { event, answer } of story.answered) {
    if (answer === 'broken' || !('version' in answer) || answer.replayed || hasToken(answer)) continue;
    if (answer.state === 'LoggedIn') errors.push(`${event.id} logged in and got no token`);
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
    if (resent && last.at >= String(was?.['expiresAt'])) errors.push(`${named(move)} came too late`);
    const end =
      was?.['expiresAt'] ?? new Date(ms(record.createdAt) + settings.codeSeconds * 1000).toISOString();
    if (now['expiresAt'] !== end) errors.push(`${named(move)} moved the end of the code`);
    if (record.state === 'WaitForOtpInput' && record.deadline !== end)
      errors.push(`${named(move)} moved the deadline`);
    errors.push(...message(move, String(end), settings));
    if (was && now['codeCounter'] !== was['codeCounter']) errors.push(`${named(move)} changed the code`);
    return errors;
  });
}

/** Each message that was asked for: by whom it may be, until when it is wanted, what follows where it fails. */
function message({ before, record, last, writes }: Move, end: string, settings: Settings): string[] {
  const was = before?.data['codeCounter'] === undefined ? undefined : before.data;
  const now = record.data;
  const name = `version ${last.version} (${last.type} ${last.eventId})`;
  const sent = last.facts.includes('OtpSent');
  const failed = last.type === 'SmsFailed';
  const errors: string[] = [];
  const retries = Number(was?.['smsRetriesLeft'] ?? settings.smsRetries) - (failed && sent ? 1 : 0);
  if (now['smsRetriesLeft'] !== retries || retries < 0)
    errors.push(`${name} leaves ${now['smsRetriesLeft']} retries`);
  if (now['smsVersion'] !== (sent ? last.version : was?.['smsVersion']))
    errors.push(`${name} is not the newest SMS`);
  const newest = last.eventId.startsWith(`${record.flowId}/${was?.['smsVersion']}/`);
  if (failed && newest === last.facts.includes('SmsSuperseded'))
    errors.push(`${name} was taken for another SMS`);
  const again =
    sent && !failed
      ? new Date(ms(last.at) + settings.resendCooldownSeconds * 1000).toISOString()
      : was?.['resendAvailableAt'];
  if (now['resendAvailableAt'] !== again)
    errors.push(`${name} allows a resend at ${now['resendAvailableAt']}`);
  const effects = writes.flatMap((write) =>
    write.op === 'put' && write.key.sk !== 'record' && write.item['version'] === last.version
      ? (write.item['effects'] as JsonObject[])
      : [],
  );
  if (effects.length !== (sent ? 1 : 0) || effects.some(({ notAfter }) => notAfter !== end))
    errors.push(`${name} asks for ${JSON.stringify(effects)}`);
  return errors;
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
    .sort((one, other) => one.move.order - other.move.order);

/** Per phone, in an hour and in a day, counted from the first SMS of each window; and nobody is refused before that. */
export function quota(stories: Story[], { smsQuotaPerHour, smsQuotaPerDay }: Settings): string[] {
  const limits = [
    { seconds: 3_600, limit: smsQuotaPerHour },
    { seconds: 86_400, limit: smsQuotaPerDay },
  ];
  const windows = new Map<string, { from: number; sent: number }>();
  return inOrder(stories).flatMap(({ story, move: { record, last } }) => {
    const sent = last.facts.includes('OtpSent');
    if (!sent && !last.facts.includes('QuotaUsedUp')) return [];
    const at = ms(last.at);
    const counts = limits.map(({ seconds, limit }) => {
      const name = `${record.data['phone']} ${seconds}`;
      const known = windows.get(name);
      const window = known && at < known.from + seconds * 1000 ? known : { from: at, sent: 0 };
      if (sent) window.sent++;
      windows.set(name, window);
      return { ...window, seconds, limit };
    });
    const over = counts.find((window) => window.sent > window.limit);
    if (over) return [`${story.flowId}: SMS ${over.sent} of ${over.seconds} s with ${over.limit}`];
    return !sent && counts.every((window) => window.sent < window.limit)
      ? [`${story.flowId} was refused an SMS, though there were some left`]
      : [];
  });
}

interface Failures {
  /** Those in a row: when, and in which login. */
  failures: { at: number; flowId: string }[];
  until: number;
  /** Whether one of them may have come between a login's look at the counter, as old as that may be, and its end. */
  unsure: boolean;
}

/** After so many failures in a row no new login gets as far as a code, until the delay is over; before that every one does. */
export function delays(stories: Story[], settings: Settings, people: Person[]): string[] {
  const { failuresBeforeDelay: limit, delaySeconds, longestDelaySeconds } = settings;
  const rows = new Map<string, Failures>();
  const row = (name: string) => {
    const known = rows.get(name) ?? { failures: [], until: 0, unsure: false };
    rows.set(name, known);
    return known;
  };
  const failed = (name: string, { record: { flowId }, last, at }: Move) => {
    const counted = row(name);
    const over = counted.failures.push({ at, flowId }) - limit;
    if (over < 0) return;
    const seconds = Math.min(delaySeconds * 2 ** over, longestDelaySeconds);
    counted.until = ms(last.at) + seconds * 1000;
  };
  return inOrder(stories).flatMap(({ story, move }) => {
    const { record, last, writes, order } = move;
    const wrong = (what: string) => [`${story.flowId} ${what}`];
    const requests = requestsOf(story);
    const began = story.moves.findLast((one) => one.last.from === 'New' && one.order <= order);
    const payload = requests.get(began?.last.eventId ?? '')?.payload ?? {};
    const codes = `codes of ${payload['username']}`;
    const passwords = `passwords of ${payload['username']} from ${payload['source']}`;
    const names = [codes, passwords];
    const delayed = names.some((name) => row(name).until > ms(last.at));
    const unsure = names.some((name) => row(name).unsure);
    if (last.facts.some((fact) => ['OtpInvalid', 'OtpExhausted'].includes(fact))) failed(codes, move);
    if (record.state === 'LoggedIn' && last.from !== 'LoggedIn') {
      const asked = story.asked.find(({ event }) => event.id === last.eventId)?.at ?? 0;
      // Its own failures a login must see; those of others it may see late.
      const unseen = ({ at, flowId }: Failures['failures'][number]) =>
        at >= (flowId === story.flowId ? asked : asked - LAG_MS);
      const own = row(codes).failures.some(({ flowId }) => flowId === story.flowId);
      const kept = own && !writes.some(({ op, key }) => op === 'delete' && key.sk === 'account');
      for (const name of names)
        rows.set(name, { failures: [], until: 0, unsure: row(name).failures.some(unseen) });
      return kept ? wrong('keeps its own failures after its success') : [];
    }
    if (last.from !== 'New') return [];
    if (last.facts.includes('PasswordAccepted')) return delayed ? wrong('was let in during a delay') : [];
    const counted = writes.some(({ op, key }) => op !== 'check' && key.table === 'users');
    if (!delayed) failed(passwords, move);
    if (unsure) return [];
    if (counted === delayed)
      return wrong(delayed ? 'guessed during a delay' : 'failed, and nobody counted it');
    const right = people.some(
      ({ username, password }) => username === payload['username'] && password === payload['password'],
    );
    return right && !delayed ? wrong('was refused for no reason') : [];
  });
}
