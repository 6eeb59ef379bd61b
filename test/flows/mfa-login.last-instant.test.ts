/** The right code at the last instant, while a reconciler comes by at 5:00: whoever commits first decides, and only one. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CrashPoint, Table } from '../../core/ports.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';
import { createScene, reach, type Scene } from './mfa-login.scenes.ts';

const LAST = 299_999;

/** Where codes arrive. */
let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
  await reach['WaitForOtpInput']?.(scene, 'login');
});
afterEach(() => scene.close());

const submit = () => scene.tell('login', 'OtpSubmitted', { code: scene.code() });

/** Another process on the same table, whose clock says 5:00. */
async function another(options: WorldOptions = {}): Promise<World> {
  const world = await createWorld({ table: scene.table, ...options });
  world.clock.advance(300_000);
  return world;
}

const at = (wanted: CrashPoint, meanwhile: () => Promise<unknown>): WorldOptions => {
  let armed = true;
  return {
    crash: async (point, subject) => {
      if (!armed || point !== wanted || subject !== 'login') return;
      armed = false;
      await meanwhile();
    },
  };
};

/** An index whose answer is under way while something else happens. */
const indexed = (meanwhile: () => Promise<unknown>): WorldOptions => {
  const { read, query, due, transact } = scene.table;
  const table: Table = {
    ...{ read, query, transact },
    async due(...args) {
      const keys = await due(...args);
      await meanwhile();
      return keys;
    },
  };
  return { table };
};

async function expectLoggedIn() {
  const record = await scene.record('login');
  expect(record?.trail.map(({ type, to }) => [type, to])).toEqual([
    ['LoginRequested', 'WaitForOtpInput'],
    ['OtpSubmitted', 'LoggedIn'],
  ]);
  expect(record?.deadline).toBe('2026-11-24T12:19:59.999Z');
}

describe('a code at 4:59.999 is good, though the reconciler of another process has at 5:00', () => {
  test.each<[string, (meanwhile: () => Promise<unknown>) => WorldOptions]>([
    ['found the login in the index', indexed],
    ['read the login as waiting', (meanwhile) => at('load.after', meanwhile)],
    ['decided that it has expired', (meanwhile) => at('commit.before', meanwhile)],
  ])('%s', async (_moment, options) => {
    scene.clock.advance(LAST);
    let answer: unknown;
    const meanwhile = async () => {
      answer = await submit();
    };
    const other = await another(options(meanwhile));
    expect(await other.reconcile()).toEqual({ records: 1, entries: 0, failures: 0 });
    expect(answer).toMatchObject({ state: 'LoggedIn', reply: { token: expect.any(String) } });
    await expectLoggedIn();
  });
});

test('a code that came at 4:59.999 and is still being checked at 5:00 is good: the reconciler waits its turn', async () => {
  const checking = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const slow = await createWorld({
    table: scene.table,
    async invoke(action, call) {
      const step = await call();
      begun.resolve();
      if (action === 'MintSession') await checking.promise;
      return step;
    },
  });
  slow.clock.advance(LAST);
  const answer = slow.tell('login', 'OtpSubmitted', { code: scene.code() });
  await begun.promise;
  slow.clock.advance(1);
  const pass = slow.reconcile();
  checking.resolve();
  expect(await answer).toMatchObject({ state: 'LoggedIn' });
  expect(await pass).toEqual({ records: 1, entries: 0, failures: 0 });
  await expectLoggedIn();
});

test('where the other process has written the end down first, the code comes too late, and there is no session', async () => {
  const late = await createWorld({
    table: scene.table,
    ...at('commit.before', async () => (await another()).reconcile()),
  });
  late.clock.advance(LAST);
  expect(await late.tell('login', 'OtpSubmitted', { code: scene.code() })).toMatchObject({
    status: 'rejected',
    state: 'OtpExpired',
    reply: {},
  });
  expect((await scene.record('login'))?.state).toBe('OtpExpired');
});
