/** What a login scenario leaves behind, as text: a line for each thing, the same on either runtime where the thing is. */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { EntryItem } from '../../../core/bookkeeping.ts';
import { recordKey } from '../../../core/flow.ts';
import { recordItem, recordOf } from '../../../core/persistence.ts';
import type { InstanceRecord, JsonObject } from '../../../core/types.ts';
import { mfaLogin } from '../../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../../flows/mfa-login/settings.ts';
import { testSettings } from '../emulator/test-deployment.ts';
import { entriesOf, type Side, type Told } from './login.ts';

const settings = { ...defaultSettings, ...testSettings };
const { view } = mfaLogin(settings);

export interface History {
  lines: string[];
  transitions: number;
  /** `from event → to outcome`, and the refusals, in the words of the login's table. */
  taken: string[];
}

interface Login {
  id: string;
  record: InstanceRecord;
  entries: EntryItem[];
}

export async function historyOf(side: Side, told: readonly Told[]): Promise<History> {
  const logins: Login[] = [];
  for (const id of await side.logins()) {
    const item = await side.table.read(recordKey('mfa-login', id));
    // Where nothing was written there is nothing.
    if (item) logins.push({ id, record: recordOf(item), entries: await entriesOf(side.table, id) });
  }
  const { messages, tries } = await side.phone();
  const codes = new Set(messages.map((text) => /\d{6}/.exec(text)?.[0]));
  const texts = new Set(messages.map((text) => text.replace(/\d{6}/, 'CODE')));
  const lines = [
    ...logins.flatMap((login, n) => linesOf(login, `login-${n + 1}`, logins)),
    ...told.map((one) => answerLine(one, logins)),
    `phone: ${messages.length} messages in ${tries} tries, ${codes.size} codes, ${JSON.stringify([...texts])}`,
  ];
  return {
    lines: lines.map((line) => withoutIds(line, logins)),
    transitions: logins.reduce((sum, { record }) => sum + record.version, 0),
    taken: [...logins.flatMap(({ record }) => transitionsOf(record)), ...told.flatMap(refusalOf)],
  };
}

function linesOf(login: Login, name: string, logins: readonly Login[]): string[] {
  const { record, entries } = login;
  const { trail, data, state, version, ...rest } = record;
  const timed = timesOf(login, logins);
  const item = recordItem(record);
  return [
    `${name} ${state} v${version} ${timed({ data: unkeyed(data), view: view(state, data), ...rest, dueAt: item['dueAt'] ?? 'never' })}`,
    ...trail.map(({ version, type, from, to, facts, eventId, fingerprint, ...more }) => {
      const id = eventId.startsWith(`${login.id}/`) ? eventId : `event of ${eventId.length} letters`;
      const said = timed({ ...more, id, fingerprint: `${fingerprint.length} digits` });
      return `${name} trail ${version} ${type} ${from} → ${to} [${facts.join(' ')}] ${said}`;
    }),
    ...entries.map((entry) => entryLine(entry, name, timed)),
  ];
}

function entryLine(entry: EntryItem, name: string, timed: (value: unknown) => string): string {
  const { delivery, version, dueAt, expiresAt, ...more } = entry as EntryItem & { event?: JsonObject };
  const { id: _, ...event } = more.event ?? {};
  const effects = Object.entries(delivery).map(
    ([id, { status, attempt, reason, nextAt, receipt, ...kept }]) =>
      [
        `${id} ${status} attempt ${attempt}`,
        reason !== undefined && `(${kindOf(reason)})`,
        nextAt && 'again later',
        receipt && 'with a receipt',
        JSON.stringify(kept),
      ]
        .filter(Boolean)
        .join(' '),
  );
  const kept = [dueAt && 'due', expiresAt && 'expires'].filter(Boolean).join(' ');
  return `${name} entry ${version} {${effects.join('; ')}} ${kept} ${timed({ ...more, event })}`;
}

/** What a failure of SNS, or of a phone of the tests, is called in either place. */
function kindOf(reason: string): string {
  if (reason.startsWith('InvalidParameter')) return 'permanent';
  if (reason.startsWith('InternalError')) return 'transient';
  // The connection broke before the answer.
  if (reason === 'Error' || reason === 'TimeoutError') return 'ambiguous';
  return reason;
}

/** Without what depends on the keys of a runtime. */
function unkeyed({ source, ...data }: JsonObject): JsonObject {
  return { ...data, ...(typeof source === 'string' && { source: `${source.length} letters` }) };
}

function answerLine({ what, loginId, reply }: Told, logins: readonly Login[]): string {
  const { status, headers, body } = reply;
  const about = logins.find(({ id }) => id === (loginId ?? body['loginId']));
  const timed = timesOf(about, logins);
  // What has no body has no type; a gateway may give it one.
  const type = status === 204 ? 'nothing' : headers.get('content-type');
  const retry = headers.has('retry-after') ? ', says when to try again' : '';
  return `${what} ${about?.id ?? ''}: ${status} ${type}${retry} ${timed(shown(what, body))}`;
}

/** A body without what differs in every run. Instants of a session stand in `session`: they count differently. */
function shown(what: string, body: JsonObject): unknown {
  const { session, detail, ...rest } = body;
  if (what === 'session' && body['loginId']) return { session: body };
  const { token, ...claimed } = (session ?? {}) as JsonObject;
  return {
    ...rest,
    ...(session && { session: { ...claimed, token: tokenOf(token) } }),
    // Of time that really passes a second is missing here and there.
    ...(detail && { detail: String(detail).replace(/\d+ s\b/, 'N s') }),
  };
}

/** The claims, and what of the header does not depend on the key. */
function tokenOf(token: unknown): unknown {
  const { kid: _, ...header } = decodeProtectedHeader(String(token));
  const { iat = 0, exp = 0, ...claims } = decodeJwt(String(token));
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  return { header, ...claims, iat: at(iat), exp: at(exp) };
}

/**
 * Writes JSON with instants named by the transition that they count from: `t2+30s`. What counts from nothing that is known
 * stays as it is, and differs.
 */
function timesOf(login: Login | undefined, logins: readonly Login[]): (value: unknown) => string {
  const known = [...(login ? [login] : []), ...logins];
  const named = (text: string): string => nameOf(Date.parse(text), known, login) ?? text;
  const ofSession = (text: string): string => (login && secondOf(Date.parse(text), login)) ?? text;
  return (value) =>
    JSON.stringify(sorted(value), (key, inner) => {
      if (key === 'codeCounter') return named(new Date(Number(inner)).toISOString());
      if (key !== 'session') return inner;
      return JSON.parse(JSON.stringify(inner).replaceAll(instants, ofSession));
    })?.replaceAll(instants, named) ?? 'none';
}

const instants = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** Everything in the login counts in one of these, in seconds. */
const spans = [
  ...[0, settings.codeSeconds, settings.resendCooldownSeconds, settings.sessionSeconds],
  ...[settings.retentionSeconds, settings.deniedRetentionSeconds, 3_600],
];

function nameOf(at: number, known: readonly Login[], own: Login | undefined): string | undefined {
  for (const login of known) {
    const whose = login === own ? '' : `${login.id} `;
    for (const { version, at: from } of login.record.trail) {
      const seconds = (at - Date.parse(from)) / 1000;
      if (spans.includes(seconds)) return `${whose}t${version}+${seconds}s`;
    }
  }
  return undefined;
}

/** A session counts from a whole second (RFC 7519, NumericDate), that of its transition. */
function secondOf(at: number, { record }: Login): string | undefined {
  const minted = record.trail.find(({ facts }) => facts.includes('SessionMinted'));
  if (!minted) return undefined;
  const seconds = (at - Math.floor(Date.parse(minted.at) / 1000) * 1000) / 1000;
  return spans.includes(seconds) ? `second of t${minted.version}+${seconds}s` : undefined;
}

const withoutIds = (line: string, logins: readonly Login[]): string =>
  logins.reduce((text, { id }, n) => text.replaceAll(id, `login-${n + 1}`), line);

/** With keys in order: a table need not keep them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

const transitionsOf = ({ trail }: InstanceRecord): string[] =>
  trail.map(
    ({ from, type, to, facts, answer }) => `${from} ${type} → ${to} ${answer.outcome ?? facts.at(-1)}`,
  );

/** By problem: what the definition said. They all come from a login that waits for its code. */
const refusals: { [problem: string]: string } = {
  'resend-too-early': 'rejected ResendTooEarly',
  'no-resends-left': 'rejected NoResendsLeft',
  throttled: 'rejected ResendThrottled',
  'wrong-state': 'rejected ResendTooLate',
  'try-again': 'unavailable ActionFailed',
};

function refusalOf({ event, reply: { body } }: Told): string[] {
  const problem =
    String(body['type'] ?? '')
      .split(/[:/]/)
      .at(-1) ?? '';
  const waiting = body['state'] === undefined || body['state'] === 'WaitForOtpInput';
  const refusal = refusals[problem];
  return refusal && waiting ? [`WaitForOtpInput ${event} → ${refusal}`] : [];
}
