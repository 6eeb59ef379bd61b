/** The deployed runtime: real time, and a wire between the functions and the services on which things fail. */
import { setTimeout as wait } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { EffectFailure } from '../../../core/errors.ts';
import type { DefinitionInput } from '../../../core/types.ts';
import { tableOf } from '../support/clients.ts';
import type { Deployment } from '../support/deployment.ts';
import { send } from '../support/http.ts';
import { limit } from '../support/limit.ts';
import { messagesTo } from '../support/phone.ts';
import type { Call, Instead, Wire } from '../support/wire.ts';
import type { Send, Side } from './login.ts';
import { userOf } from './users.ts';

/** So many requests at once: each is several functions, and an emulator starts a process for each of them. */
const AT_ONCE = 3;

const refusal = (status: number, code: string): Instead => ({
  status,
  type: 'text/xml',
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>refused</Message></Error></ErrorResponse>`,
});

const instead: { [failure in EffectFailure]: Instead } = {
  transient: refusal(500, 'InternalError'),
  permanent: refusal(400, 'InvalidParameter'),
  ambiguous: 'lose',
};

const isSms = ({ service, operation }: Call): boolean => service === 'sns' && operation === 'Publish';

/** What the scenarios share: they all wait at the same time. */
export function openDeployed(deployed: Deployment, wire: Wire) {
  const table = tableOf(deployed);
  const lambda = new LambdaClient();
  const limited = limit(AT_ONCE);
  let next: Promise<unknown> | undefined;
  let running: Promise<unknown> = Promise.resolve();

  /** A pass that begins after now: one for all who ask meanwhile. */
  function reconcile(): Promise<unknown> {
    next ??= running.then(async () => {
      next = undefined;
      running = lambda.send(new InvokeCommand({ FunctionName: deployed.functions.reconciler }));
      await running;
    });
    return next;
  }

  const sendNow: Send = (method, path, body, headers = {}) =>
    send(deployed, method, path, {
      ...(body && { body: JSON.stringify(body) }),
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    });

  return async function openSide(username: string): Promise<Side> {
    const user = await userOf(table, username);
    const toPhone = () =>
      wire.calls.filter((call) => isSms(call) && call.input['PhoneNumber'] === user.phone);
    let failing: { failure: EffectFailure; left: number } | undefined;
    const rules = [
      wire.rule((call) => {
        if (!isSms(call) || call.input['PhoneNumber'] !== user.phone || !failing?.left) return undefined;
        failing.left--;
        return instead[failing.failure];
      }),
    ];
    let signing: (() => void) | undefined;
    return {
      table,
      user,
      send: (...request) => limited(() => sendNow(...request)),
      sendNow,
      smsFails(failure, left) {
        failing = { failure, left };
      },
      phone: async () => ({
        messages: (await messagesTo(user.phone)).map(({ Message }) => Message),
        tries: toPhone().length,
      }),
      signingFails(fails) {
        signing?.();
        signing = fails ? wire.rule(withoutSigningKey) : undefined;
      },
      async pass(seconds, unseen) {
        // By schedule it comes when it likes.
        if (unseen !== undefined)
          rules.push(wire.rule((call) => (isPassOn(call, unseen) ? down : undefined)));
        await wait(seconds * 1000 + 50);
        if (unseen === undefined) await reconcile();
      },
      logins: async () => {
        const begun = wire.calls.flatMap((call) => {
          const input = inputOf(call);
          return String(input?.event.payload['username']).startsWith(username)
            ? [String(input?.flow.id)]
            : [];
        });
        return [...new Set(begun)];
      },
      async close() {
        signing?.();
        for (const end of rules) end();
      },
    };
  };
}

/** What an execution was started with. */
const inputOf = ({ service, operation, input }: Call): DefinitionInput | undefined =>
  service === 'states' && operation === 'StartSyncExecution' ? JSON.parse(String(input['input'])) : undefined;

const isPassOn = (call: Call, loginId: string): boolean =>
  call.by === 'reconciler' && inputOf(call)?.flow.id === loginId;

/** The SDK does not ask again for what cannot succeed. */
const refused = (__type: string): Instead => ({ status: 400, body: JSON.stringify({ __type }) });
const down = refused('AccessDeniedException');

function withoutSigningKey({ by, service }: Call): Instead | undefined {
  return by === 'mintSession' && service === 'secretsmanager' ? refused('DecryptionFailure') : undefined;
}
