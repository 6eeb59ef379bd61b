/** Failures in a row, across logins: after so many of them new logins are refused for a while (RFC 4226, 7.3). */
import { afterEach, describe, expect, test } from '@jest/globals';
import { demoUser, putUser } from '../../local/users.ts';
import { cheapCost, createWorld, type WorldOptions } from '../support/world.ts';
import { createScene, type Scene, submitWrong } from './mfa-login.scenes.ts';

const MINUTE = 60_000;
const HERE = '192.0.2.1';
const THERE = '198.51.100.7';

let scene: Scene;
afterEach(() => scene.close());

/** Messages are no matter here. */
const enter = async (settings: WorldOptions['settings'] = {}) => {
  scene = await createScene({ settings: { smsQuotaPerHour: 1_000, smsQuotaPerDay: 1_000, ...settings } });
};

let logins = 0;
const begin = async (password: string, source = HERE, username = demoUser.username) => {
  const answer = await scene.begin(`login-${++logins}`, password, source, username);
  return 'state' in answer ? answer.state : answer.status;
};
const right = (source = HERE) => begin(demoUser.password, source);
const wrong = async (times: number, source = HERE) => {
  for (let n = 0; n < times; n++) expect(await begin('wrong', source)).toBe('Denied');
};

/** A login of the demo user that waits for its code. */
const waiting = async (id: string, source = HERE) => {
  expect(await scene.begin(id, demoUser.password, source)).toMatchObject({ state: 'WaitForOtpInput' });
  await scene.relayAll(id);
};
const finish = (id: string) => scene.tell(id, 'OtpSubmitted', { code: scene.code() });

/** Expects new logins to be refused for exactly so long from now. */
const expectDelay = async (ms: number, source = HERE) => {
  scene.clock.advance(ms - 1);
  expect(await right(source)).toBe('Denied');
  scene.clock.advance(1);
  expect(await right(source)).toBe('WaitForOtpInput');
};

describe('wrong passwords from one address', () => {
  test('nine of them delay nothing, ten for a quarter of an hour', async () => {
    await enter();
    await wrong(9);
    expect(await right()).toBe('WaitForOtpInput');
    await wrong(1);
    expect(await right()).toBe('Denied');
    await expectDelay(15 * MINUTE);
  });

  test('further ones double the delay, up to a day', async () => {
    await enter();
    await wrong(10);
    for (const minutes of [15, 30, 60, 120, 240, 480, 960, 1440, 1440]) {
      await expectDelay(minutes * MINUTE);
      await wrong(1);
    }
  });

  test('during a delay are refused like the right one, and not counted', async () => {
    await enter();
    await wrong(10);
    scene.clock.advance(5 * MINUTE);
    await wrong(7);
    await expectDelay(10 * MINUTE);
    await wrong(1);
    await expectDelay(30 * MINUTE);
  });

  test('delay no other address', async () => {
    await enter();
    await wrong(10, THERE);
    expect(await right(THERE)).toBe('Denied');
    expect(await right(HERE)).toBe('WaitForOtpInput');
  });

  test('a login that already waits for its code may finish', async () => {
    await enter();
    await waiting('early');
    await wrong(10);
    expect(await right()).toBe('Denied');
    expect(await finish('early')).toMatchObject({ state: 'LoggedIn' });
    expect(await right()).toBe('WaitForOtpInput');
  });

  test('any number at once, at two engines: no more than ten are tried', async () => {
    await enter();
    const other = await createWorld({ settings: scene.settings, table: scene.table });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? scene : other).begin(`guess-${n}`, 'wrong')),
    );
    expect(answers.every((answer) => 'state' in answer && answer.state === 'Denied')).toBe(true);
    const counter = scene.transactions.flat().find(({ key }) => key.sk.startsWith('source#'));
    expect(counter && (await scene.table.read(counter.key))).toMatchObject({ passwordsLeft: 0 });
    expect(await right()).toBe('Denied');
  });
});

describe('a right password', () => {
  test('does not slip past a limit that others reach while it is being decided', async () => {
    let reached = false;
    scene = await createScene({
      settings: { failuresBeforeDelay: 3 },
      crash: async (point, id) => {
        if (point !== 'commit.before' || id !== 'right' || reached) return;
        reached = true;
        await wrong(3);
      },
    });
    expect(await scene.begin('right')).toMatchObject({ state: 'Denied', outcome: 'PasswordRefused' });
    expect(await right()).toBe('Denied');
  });

  test('nor where the account has counted a wrong code before, and no password yet', async () => {
    let reached = false;
    scene = await createScene({
      settings: { failuresBeforeDelay: 3 },
      crash: async (point, id) => {
        if (point !== 'commit.before' || id !== 'right' || reached) return;
        reached = true;
        await wrong(3);
      },
    });
    await waiting('mistyped');
    await submitWrong(scene, 'mistyped', 1);
    expect(await scene.begin('right')).toMatchObject({ state: 'Denied', outcome: 'PasswordRefused' });
  });
});

describe('wrong passwords from anywhere', () => {
  test('a hundred of them delay the account for every address', async () => {
    await enter();
    for (let n = 1; n < 100; n++) await wrong(1, `203.0.113.${n}`);
    expect(await right(THERE)).toBe('WaitForOtpInput');
    await wrong(1, '203.0.113.100');
    expect(await right(THERE)).toBe('Denied');
    await expectDelay(15 * MINUTE, THERE);
    await wrong(1, '203.0.113.101');
    await expectDelay(30 * MINUTE, THERE);
  });
});

describe('wrong codes', () => {
  test('ten of them, across logins, delay new ones from every address', async () => {
    await enter();
    for (const id of ['one', 'two', 'three']) {
      await waiting(id);
      expect(await submitWrong(scene, id, 3)).toMatchObject({ state: 'Locked' });
    }
    await waiting('four');
    await submitWrong(scene, 'four', 1);
    expect(await right(THERE)).toBe('Denied');
    await expectDelay(15 * MINUTE, THERE);
  });

  test('a login already waiting may finish during the delay, and ends it', async () => {
    await enter({ failuresBeforeDelay: 3 });
    await waiting('other', THERE);
    const code = scene.code();
    await waiting('one');
    await submitWrong(scene, 'one', 3);
    expect(await right(THERE)).toBe('Denied');
    expect(await scene.tell('other', 'OtpSubmitted', { code })).toMatchObject({ state: 'LoggedIn' });
    expect(await right(THERE)).toBe('WaitForOtpInput');
  });

  test('in parallel logins are all counted', async () => {
    await enter({ failuresBeforeDelay: 9 });
    const ids = ['one', 'two', 'three'];
    for (const id of ids) await waiting(id);
    const code = '000000' === scene.code() ? '000001' : '000000';
    await Promise.all(
      ids.flatMap((id) => [1, 2, 3].map((n) => scene.tell(id, 'OtpSubmitted', { code }, `${id}-${n}`))),
    );
    expect(await right()).toBe('Denied');
    await expectDelay(15 * MINUTE);
  });
});

describe('a counter', () => {
  test('goes on through accepted passwords, cancelled logins and time', async () => {
    await enter();
    await wrong(9);
    await waiting('login');
    await scene.tell('login', 'CancelRequested');
    scene.clock.advance(30 * 24 * 60 * MINUTE);
    await wrong(1);
    expect(await right()).toBe('Denied');
  });

  test('begins anew only when a login reaches LoggedIn', async () => {
    await enter();
    await wrong(9);
    await waiting('login');
    await submitWrong(scene, 'login', 2);
    scene.transactions.length = 0;
    await finish('login');
    expect(scene.transactions).toHaveLength(1);
    expect(scene.transactions[0]?.map(({ op, key }) => `${op} ${key.table}`)).toEqual([
      'put flows',
      'delete users',
      'delete users',
    ]);
    await wrong(9);
    expect(await right()).toBe('WaitForOtpInput');
  });

  test('of one address is not begun anew by a login from another', async () => {
    await enter();
    await wrong(9, THERE);
    await waiting('login');
    await finish('login');
    await wrong(1, THERE);
    expect(await right(THERE)).toBe('Denied');
  });

  test('of one user is not that of another', async () => {
    await enter();
    await putUser(scene.table, { ...demoUser, username: 'other', phone: '+15555550199' }, cheapCost);
    await wrong(10);
    expect(await begin(demoUser.password, HERE, 'other')).toBe('WaitForOtpInput');
  });
});

describe('names that nobody has', () => {
  const nobody = (password = 'wrong') => begin(password, HERE, 'nobody');
  const counters = () =>
    scene.transactions.flat().filter(({ op, key }) => key.table === 'users' && op !== 'check');

  test('are counted like those of users, under a hash, for two days', async () => {
    await enter({ failuresBeforeDelay: 2 });
    await nobody();
    expect(counters()).toEqual([
      {
        op: 'put',
        key: { table: 'users', pk: expect.stringMatching(/^failures#[\w-]{22}$/), sk: 'account' },
        item: {
          passwordsLeft: 99,
          failures: 1,
          passwordsAt: scene.clock.iso(),
          expiresAt: '2026-11-26T12:00:00.000Z',
        },
        if: { absent: true },
      },
      {
        op: 'put',
        key: { table: 'users', pk: expect.any(String), sk: expect.stringMatching(/^source#[\w-]{22}$/) },
        item: {
          passwordsLeft: 1,
          failures: 1,
          passwordsAt: scene.clock.iso(),
          expiresAt: '2026-11-26T12:00:00.000Z',
        },
        if: { absent: true },
      },
    ]);
    await nobody();

    await putUser(scene.table, { ...demoUser, username: 'nobody' }, cheapCost);
    expect(await nobody(demoUser.password)).toBe('Denied');
    scene.clock.advance(15 * MINUTE);
    expect(await nobody(demoUser.password)).toBe('WaitForOtpInput');
  });

  test('begin anew when their count has expired, deleted or not', async () => {
    await enter({ failuresBeforeDelay: 2 });
    await nobody();
    scene.clock.advance(48 * 60 * MINUTE);
    await nobody();
    expect(counters().at(-1)).toMatchObject({ op: 'put', item: { passwordsLeft: 1 } });
  });

  test('of users have no expiry', async () => {
    await enter();
    await wrong(2);
    expect(JSON.stringify(counters())).not.toContain('expiresAt');
  });
});
