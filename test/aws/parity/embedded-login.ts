/** The embedded runtime, with a clock that is moved by its own development endpoint. */
import { EffectError, type EffectFailure } from '../../../core/errors.ts';
import type { SmsSender } from '../../../core/ports.ts';
import { json, openHttp } from '../../support/http.ts';
import { testSettings } from '../emulator/test-deployment.ts';
import type { Send, Side } from './login.ts';
import { userOf } from './users.ts';

export async function openEmbedded(username: string): Promise<Side> {
  const messages: string[] = [];
  let tries = 0;
  let failing: { failure: EffectFailure; left: number } | undefined;
  const phone: SmsSender = {
    async send({ body }) {
      tries++;
      const { failure, left } = failing ?? { failure: 'transient', left: 0 };
      if (left > 0) failing = { failure, left: left - 1 };
      // What is ambiguous has gone, and nobody knows.
      if (left === 0 || failure === 'ambiguous') messages.push(body);
      if (left > 0) throw new EffectError(failure, failure);
      return { receipt: 'phone' };
    },
  };
  const http = await openHttp({ settings: testSettings, phone });
  const user = await userOf(http.runtime.table, username);
  const send: Send = (method, path, body, headers = {}) =>
    http.send(method, path, {
      ...(body && { body: JSON.stringify(body) }),
      headers: { ...headers, ...(body && json) },
    });
  return {
    table: http.runtime.table,
    user,
    ...{ send, sendNow: send },
    smsFails(failure, times) {
      failing = { failure, left: times };
    },
    phone: async () => ({ messages, tries }),
    signingFails: (fails) => void http.faults({ signing: fails ? 'transient' : 'none' }),
    async pass(seconds, unseen) {
      await http.runtime.idle();
      // Without the endpoint, for that calls the reconciler.
      if (unseen !== undefined) http.runtime.clock.advance(seconds * 1000);
      else await http.advance(seconds);
    },
    logins: async () => {
      const begun = http.signals.flatMap((signal) =>
        signal.type === 'delivered' && signal.event === 'LoginRequested' ? [signal.flowId] : [],
      );
      return [...new Set(begun)];
    },
    close: () => http.close(),
  };
}
