/** The definition of the login with its real actions: every row of its table, every way through it, and nothing else. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import { rows } from '../../core/definition.ts';
import type { Answer } from '../../core/delivery.ts';
import type { JsonObject } from '../../core/types.ts';
import { mfaLogin, mfaLoginActions } from '../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import asl from '../../state-definitions/mfa-login.asl.json' with { type: 'json' };
import { createScene, reach, request, type Scene } from '../flows/mfa-login.scenes.ts';
import { states } from './asl-walk.ts';
import { Coverage } from './coverage.ts';
import { final, given, type Row, table, waiting } from './mfa-login.table.ts';

const { name: NAME, definition } = mfaLogin(defaultSettings);
const raw = asl as unknown as JsonObject;
const actions = mfaLoginActions(defaultSettings);

const coverage = new Coverage(asl);
const outcomes = new Set<string | undefined>();
let stopWatching: () => void;
let scene: Scene;

beforeAll(() => {
  stopWatching = coverage.watch();
});
afterAll(() => stopWatching());

beforeEach(async () => {
  scene = await createScene();
});
afterEach(() => {
  for (const { outcome } of scene.calls) outcomes.add(outcome);
  scene.close();
});

/** Delivers an event; the passing of a deadline is nobody's to deliver, so it is asked for. */
const deliver = (event: string, payload: JsonObject): Promise<Answer> =>
  event === 'DeadlinePassed'
    ? scene.deliverer.check(scene.flow, 'login')
    : scene.tell('login', event, payload);

describe('a row of the table', () => {
  test.each(table)('$state, $event, $given → $to ($outcome)', async (row) => {
    await reach[row.state]?.(scene, 'login');
    const payload = await given[row.given](scene, 'login');
    const before = await scene.record('login');
    expect(before?.state ?? 'New').toBe(row.state);
    scene.transactions.length = 0;

    const answer = await deliver(row.event, payload);

    const writes = row.to !== 'rejected' && row.to !== 'unavailable';
    expect(answer).toMatchObject(expected(row));
    expect(scene.transactions).toHaveLength(writes ? 1 : 0);
    const after = await scene.record('login');
    if (writes) expect(after).toMatchObject({ state: row.to, version: (before?.version ?? 0) + 1 });
    else expect(after).toEqual(before);
  });

  const expected = ({ to, outcome }: Row) =>
    to === 'rejected' || to === 'unavailable'
      ? { status: to, reason: outcome }
      : { status: 'applied', state: to, outcome };

  test('for each that the definition has', () => {
    const ours = new Set(table.map(({ state, event }) => `${event} in ${state}`));
    const its = rows(definition).map(({ state, event }) => `${event} in ${state}`);
    expect([...ours].sort()).toEqual([...its].sort());
  });
});

describe('an event without a row', () => {
  const types = [...new Set(table.map(({ event }) => event))];
  const unknown = [
    'Unknown',
    '',
    'otpsubmitted',
    'OtpSubmitted ',
    'Deferred',
    '__proto__',
    'constructor',
    'New',
  ];
  const allowed = (state: string, event: string) =>
    table.some((row) => row.state === state && row.event === event);
  const payloadOf = (event: string): JsonObject =>
    event === 'LoginRequested'
      ? request()
      : event === 'OtpSubmitted'
        ? { code: scene.code() }
        : event === 'SmsFailed'
          ? { version: 1 }
          : {};

  test.each([...waiting, ...final])('is rejected in %s and writes nothing', async (state) => {
    await reach[state]?.(scene, 'login');
    const before = await scene.record('login');
    expect(before?.state).toBe(state);
    scene.transactions.length = 0;
    scene.calls.length = 0;
    for (const event of [...types, ...unknown].filter((type) => !allowed(state, type))) {
      const answer = await scene.tell('login', event, payloadOf(event));
      expect({ event, ...answer }).toMatchObject({ event, status: 'rejected', reason: 'NotAllowed', state });
    }
    expect(scene.transactions).toEqual([]);
    expect(scene.calls).toEqual([]);
    expect(await scene.record('login')).toEqual(before);
  });

  test('finds no login where there is none, and begins none', async () => {
    for (const event of [...types, ...unknown].filter((type) => !allowed('New', type))) {
      expect({ event, ...(await scene.tell('login', event, payloadOf(event))) }).toEqual({
        event,
        status: 'not-found',
      });
    }
    expect(scene.transactions).toEqual([]);
    expect(scene.calls).toEqual([]);
  });

  test.each(['New', ...waiting, ...final, 'Nowhere'])(
    'is rejected by the definition itself in %s',
    async (state) => {
      const resolver = createAslResolver({ [NAME]: definition }, () =>
        Promise.reject(new Error('no action is due')),
      );
      const empty = { data: {}, effects: [], facts: [], writes: [], reply: {}, outcome: '' };
      for (const type of [...types, ...unknown].filter((one) => !allowed(state, one))) {
        const output = await resolver.resolve(NAME, {
          flow: { name: NAME, id: 'login', state, version: 1 },
          event: { id: 'event', type, payload: {}, at: scene.clock.iso() },
          now: scene.clock.iso(),
          step: empty,
        });
        expect({ type, output }).toEqual({ type, output: { rejected: { reason: 'NotAllowed' } } });
      }
    },
  );
});

describe('an action that fails', () => {
  /** By action: where an event leads to it. */
  const leads: { [action: string]: { state: string; event: string; payload: () => JsonObject } } = {
    VerifyPassword: { state: 'New', event: 'LoginRequested', payload: () => request() },
    SendOtpSms: { state: 'New', event: 'LoginRequested', payload: () => request() },
    VerifyOtp: { state: 'WaitForOtpInput', event: 'OtpSubmitted', payload: () => ({ code: scene.code() }) },
    MintSession: { state: 'WaitForOtpInput', event: 'OtpSubmitted', payload: () => ({ code: scene.code() }) },
  };
  const calls = (action: string) => scene.calls.filter((call) => call.action === action).length;

  test('is among these', () => {
    expect(actions.map(({ name }) => name).sort()).toEqual(Object.keys(leads).sort());
    expect(
      states(raw, 'Task')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(leads).sort());
  });

  test.each(Object.entries(leads))(
    '%s is tried three times, then nothing is written',
    async (action, lead) => {
      await reach[lead.state]?.(scene, 'login');
      const before = await scene.record('login');
      scene.transactions.length = 0;
      scene.fail(action);
      const [id, payload] = ['again', lead.payload()];
      expect(await scene.tell('login', lead.event, payload, id)).toEqual({
        status: 'unavailable',
        reason: 'ActionFailed',
      });
      expect(calls(action)).toBe(3);
      expect(scene.transactions).toEqual([]);
      expect(await scene.record('login')).toEqual(before);

      scene.mend();
      expect(await scene.tell('login', lead.event, payload, id)).toMatchObject({
        status: 'applied',
        replayed: false,
      });
    },
  );

  test.each(Object.entries(leads))('%s may hang: it is given up after its time', async (action, lead) => {
    await reach[lead.state]?.(scene, 'login');
    scene.transactions.length = 0;
    scene.fail(action, 'hangs');
    const payload = lead.payload();
    const { setTimeout: really } = globalThis;
    const before = calls(action);
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
    try {
      let answer: Answer | undefined;
      const started = Date.now();
      const told = scene.tell('login', lead.event, payload).then((one) => {
        answer = one;
      });
      // What comes before it does real work, of which no made-up time must run out.
      while (!answer && calls(action) === before) {
        await new Promise((done) => really(done, 5));
        await jest.advanceTimersByTimeAsync(1);
      }
      while (!answer) await jest.advanceTimersByTimeAsync(1_000);
      await told;
      expect(answer).toEqual({ status: 'unavailable', reason: 'ActionFailed' });
      expect((Date.now() - started) / 1000).toBeGreaterThanOrEqual(3 * timeout(action));
      expect((Date.now() - started) / 1000).toBeLessThan(3 * timeout(action) + 20);
    } finally {
      jest.useRealTimers();
    }
    expect(calls(action)).toBe(3);
    expect(scene.transactions).toEqual([]);
  });

  const timeout = (action: string) =>
    Number(states(raw).find(({ name }) => name === action)?.fields['TimeoutSeconds']);

  test.each(Object.entries(leads))('%s may fail twice and no one notices', async (action, lead) => {
    await reach[lead.state]?.(scene, 'login');
    scene.fail(action, 'throws', 2);
    expect(await scene.tell('login', lead.event, lead.payload())).toMatchObject({ status: 'applied' });
    expect(calls(action)).toBe(3);
  });
});

describe('all of the above', () => {
  test('took every way through the definition', async () => {
    expect(coverage.missing()).toEqual([]);
  });

  test('made the actions say all that they can say', () => {
    const declared = actions.flatMap((action) => action.outcomes);
    expect(declared.filter((outcome) => !outcomes.has(outcome))).toEqual([]);
  });

  test('uses every condition of the table', () => {
    const used = new Set<string>(table.map((row) => row.given));
    expect(Object.keys(given).filter((one) => !used.has(one))).toEqual([]);
  });
});
