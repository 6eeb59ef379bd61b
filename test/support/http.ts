/** The HTTP routes in this process, on a real data folder: what `local/main.ts` wires, without a socket. */
import { expect } from '@jest/globals';
import { createWebhookReader } from '../../adapters/stripe/webhook.ts';
import { systemRandomness } from '../../adapters/system.ts';
import { createApi } from '../../api/app.ts';
import { webhookRoutes } from '../../api/webhook-routes.ts';
import type { Signal, SmsSender } from '../../core/ports.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import type { CheckoutSettings } from '../../flows/checkout/settings.ts';
import { type Settings, settingsFrom } from '../../flows/mfa-login/settings.ts';
import { type PaymentSettings, paymentSettingsSchema } from '../../flows/payment/settings.ts';
import { devRoutes } from '../../local/dev-routes.ts';
import { inspectorRoutes } from '../../local/inspector/routes.ts';
import { openRuntime, type RuntimeOptions } from '../../local/runtime.ts';
import { demoUser, type NewUser, putUser } from '../../local/users.ts';
import { seed } from './seed.ts';
import { temporaryFolder } from './tables.ts';
import { cheapCost } from './world.ts';

export interface Reply {
  status: number;
  headers: Headers;
  /** As it came over the wire. */
  text: string;
  /** The parsed text; an empty object where there is none. */
  body: JsonObject;
}

export interface HttpOptions {
  /** The folder of an earlier runtime, which has been closed. */
  folder?: ReturnType<typeof temporaryFolder>;
  environment?: { [variable: string]: string };
  /** Figures that no variable sets. */
  settings?: Partial<Settings>;
  paymentSettings?: Partial<PaymentSettings>;
  checkoutSettings?: Partial<CheckoutSettings>;
  /** Takes the place of the inbox. */
  phone?: SmsSender;
  /** The card gateway, and who listens; by default there is nobody. */
  outside?: RuntimeOptions['outside'];
}

export type Http = Awaited<ReturnType<typeof openHttp>>;

export const json = { 'content-type': 'application/json' };
export const bearer = (token: Json | undefined) => ({ authorization: `Bearer ${String(token)}` });
export const withKey = (key: string) => ({ 'idempotency-key': key });

/** What webhooks are signed with here. */
export const WEBHOOK_SECRET = 'whsec_of_these_tests';

/** Opens the runtime on a fresh folder whose demo user costs nothing to check. */
export async function openHttp(options: HttpOptions = {}) {
  const { folder = temporaryFolder(), environment = {}, settings = {}, phone, outside } = options;
  await seed(folder.path, demoUser);
  const signals: Signal[] = [];
  const runtime = await openRuntime({
    dataDir: folder.path,
    settings: { ...settingsFrom(environment), ...settings },
    observe: (signal) => void signals.push(signal),
    ...(options.paymentSettings && {
      paymentSettings: paymentSettingsSchema.parse(options.paymentSettings),
    }),
    ...(options.checkoutSettings && { checkoutSettings: options.checkoutSettings }),
    ...(phone && { phone }),
    ...(outside && { outside }),
  });
  const from = { address: '192.0.2.1' };
  const readNotice = createWebhookReader({ secret: async () => WEBHOOK_SECRET, now: Date.now });
  const app = createApi(
    { ...runtime, random: systemRandomness, sourceOf: () => from.address, mayPay: () => true },
    (more) => {
      webhookRoutes(more, { ...runtime, readNotice });
      devRoutes(more, runtime);
      inspectorRoutes(more, runtime);
    },
  );

  async function send(method: string, path: string, init: RequestInit = {}): Promise<Reply> {
    const { status, headers, ...response } = await read(await app.request(path, { ...init, method }));
    return { status, headers, ...response };
  }
  const post = (path: string, body?: unknown, headers: { [name: string]: string } = {}) =>
    send(
      'POST',
      path,
      body === undefined ? { headers } : { body: JSON.stringify(body), headers: { ...json, ...headers } },
    );
  const get = (path: string, headers: { [name: string]: string } = {}) => send('GET', path, { headers });
  const del = (path: string, headers: { [name: string]: string } = {}) => send('DELETE', path, { headers });

  const messages = async (loginId: string) =>
    (await runtime.inbox.messages()).filter(({ effectId }) => effectId.startsWith(`${loginId}/`));

  const http = {
    ...{ runtime, app, signals, from, folder, send, post, get, del, messages },
    /** Writes a user of its own, with a phone of its own unless one is given. */
    async user(username: string, phone = numberOf(username)): Promise<NewUser> {
      const user = { username, phone, password: `pass-phrase-of-${username}` };
      await putUser(runtime.table, user, cheapCost);
      return user;
    },
    /** Begins a login and returns its id. */
    async begin({ username, password }: Omit<NewUser, 'phone'> = demoUser): Promise<string> {
      const reply = await post('/logins', { username, password });
      expect(reply).toMatchObject({ status: 201 });
      return String(reply.body['loginId']);
    },
    /** The code that the login's phone got, once it got it. */
    async code(loginId: string): Promise<string> {
      const [first] = await eventually(
        async () => messages(loginId),
        ({ length }) => length > 0,
      );
      return first?.body.slice(0, 6) ?? '';
    },
    submit: (loginId: string, code: string, headers: { [name: string]: string } = {}) =>
      post(`/logins/${loginId}/otp`, { code }, headers),
    /** A six-digit code that is not the right one. */
    async wrong(loginId: string, step = 1): Promise<string> {
      return String((Number(await http.code(loginId)) + step) % 1_000_000).padStart(6, '0');
    },
    /** A whole login: its id and its token. */
    async session(user?: Omit<NewUser, 'phone'>): Promise<{ loginId: string; token: string }> {
      const loginId = await http.begin(user);
      const { body } = await http.submit(loginId, await http.code(loginId));
      return { loginId, token: String((body['session'] as JsonObject)['token']) };
    },
    stateOf: async (loginId: string) => (await get(`/logins/${loginId}`)).body['state'],
    advance: (advanceSeconds: number) => post('/dev/clock', { advanceSeconds }),
    faults: (faults: JsonObject) => post('/dev/faults', faults),
    async close() {
      await runtime.close();
      folder.remove();
    },
  };
  return http;
}

/** The same data in a new runtime. */
export async function restarted({ runtime, folder }: Http): Promise<Http> {
  await runtime.close();
  return openHttp({ folder });
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  const { status, headers } = response;
  const isJson = (headers.get('content-type') ?? '').includes('json');
  return { status, headers, text, body: isJson && text !== '' ? JSON.parse(text) : {} };
}

/** A phone number that belongs to this name alone, as far as a test cares. */
function numberOf(username: string): string {
  const digits = [...username].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_000_000, 7);
  return `+1555${String(1_000_000 + digits)}`;
}

/** Looks again until it is as wanted; fails after two seconds. */
export async function eventually<T>(look: () => Promise<T>, wanted: (seen: T) => boolean, ms = 2_000) {
  const until = performance.now() + ms;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (performance.now() > until) throw new Error(`not so after ${ms} ms: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** An error answer, whole: status, content type, exactly these members, Retry-After where one is due and nowhere else. */
export function expectProblem(
  reply: Reply,
  status: number,
  name: string,
  { members = {}, retryAfter = false }: { members?: JsonObject; retryAfter?: boolean } = {},
): void {
  const { body, headers } = reply;
  expect({ status: reply.status, ...body }).toMatchObject({ status, ...members });
  expect(String(body['type']).split(/[:/]/).at(-1)).toBe(name);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(Object.keys(body).sort()).toEqual(
    ['type', 'title', 'status', 'detail', ...Object.keys(members)].sort(),
  );
  if (retryAfter) expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  else expect(headers.get('retry-after')).toBeNull();
}
