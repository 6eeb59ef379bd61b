/** Instances to look at: each begun over the HTTP API, as far as a test wants it. */
import type { Locator } from 'playwright-core';
import type { JsonObject } from '../../../core/types.ts';
import { order } from '../../support/checkouts.ts';
import { order as payment } from '../../support/payments.ts';
import { type Answered, codeOf, type Started } from '../../support/process.ts';
import { inBrowser } from './browser.ts';

/** Longer than the warehouse and a webhook take, while the machine has other work. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 25;

/** Asks until it is so. */
export async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (Date.now() > end) throw new Error(`it did not become so: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** What a person reads there. */
export async function read(place: Locator): Promise<string> {
  await place.waitFor();
  return (await place.allInnerTexts()).join('\n');
}

/** A browser, a process, and what begins instances in it. */
export function inspecting() {
  // One phone gets the codes of all logins.
  const harness = inBrowser({ SMS_QUOTA_PER_PHONE: '100', SMS_QUOTA_PER_PHONE_DAY: '100' });
  const post = (path: string, body?: unknown) => harness.detent().post(path, body);
  const get = (path: string) => harness.detent().get(path);

  const told = ({ status, body }: Answered): JsonObject => {
    if (status >= 400) throw new Error(JSON.stringify(body));
    return body;
  };
  const stateOf = async (flow: string, id: string) =>
    (await get(`/inspect/api/flows/${flow}/instances/${id}`)).body['state'];
  const rests = (flow: string, id: string, ...states: string[]) =>
    until(
      () => stateOf(flow, id),
      (state) => states.includes(String(state)),
    );

  /** What a customer does on the page of the provider. */
  async function atProvider(id: string, deed: string): Promise<void> {
    const { paymentUrl } = (await get(`/checkouts/${id}`)).body;
    const body = new URLSearchParams({ do: deed, card: 'pm_card_visa' });
    const { status } = await fetch(String(paymentUrl), { method: 'POST', body, redirect: 'manual' });
    if (status !== 303) throw new Error(`the provider said ${status}`);
  }

  return {
    ...harness,
    ...{ post, get, rests, atProvider },
    faults: async (faults: JsonObject) => told(await post('/dev/faults', faults)),
    sandbox: async (modes: JsonObject) => told(await post('/dev/sandbox', modes)),
    pass: async (advanceSeconds: number) => told(await post('/dev/clock', { advanceSeconds })),

    /** A login that waits for its code. */
    async login(): Promise<string> {
      const given = { username: 'demo', password: 'correct-horse-battery' };
      return String(told(await post('/logins', given))['loginId']);
    },
    codeOf: (id: string) => codeOf(harness.detent() as Started, id),
    async enter(id: string, code: string): Promise<Answered> {
      return post(`/logins/${id}/otp`, { code });
    },

    /** A payment that has been created. */
    async payment(more: JsonObject = {}): Promise<string> {
      return String(told(await post('/payments', { ...payment, ...more }))['paymentId']);
    },
    act: async (id: string, action: string, body?: JsonObject) =>
      told(await post(`/payments/${id}/${action}`, body)),

    /** An order, as soon as it is placed. */
    async order(more: JsonObject = {}): Promise<string> {
      return String(told(await post('/checkouts', { ...order, ...more }))['checkoutId']);
    },
  };
}

export type Inspecting = ReturnType<typeof inspecting>;
