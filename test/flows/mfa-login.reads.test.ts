/** What a login costs on DynamoDB, and that reads which may be old decide nothing for good. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { countingTable, sumOf } from '../../bench/counting-table.ts';
import type { Table } from '../../core/ports.ts';
import { nameOfKey } from '../../core/writes.ts';
import { demoUser } from '../../local/users.ts';
import { temporaryTable } from '../support/tables.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';
import { wrongCode } from './mfa-login.scenes.ts';

const ID = 'login-of-22-characters';
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const begin = ({ deliverer, flow }: World, flowId = ID) => {
  const payload = { username: demoUser.username, password: demoUser.password, source: '192.0.2.1' };
  const event = { id: `begin-${flowId}`, type: 'LoginRequested', payload };
  return deliverer.deliver({ flow, flowId, event, fresh: true });
};

test('a login costs at most 16 write units and 6 read units', async () => {
  const { table, close } = temporaryTable();
  closing.push(close);
  const counted = countingTable(table);
  const world = await createWorld({ table: counted.table });
  counted.requests.length = 0;
  await begin(world);
  await world.relayAll(ID);
  expect(await world.tell(ID, 'OtpSubmitted', { code: world.code() })).toMatchObject({ state: 'LoggedIn' });
  const lines = counted.requests.flat();
  expect(sumOf(lines.filter(({ what }) => what === 'read'))).toBeLessThanOrEqual(6);
  expect(sumOf(lines.filter(({ what }) => what !== 'read'))).toBeLessThanOrEqual(16);
});

/** A world whose eventual reads give what stood in the table when they were held; `held` is what was read so. */
async function heldWorld(options: WorldOptions = {}) {
  const { table, close } = temporaryTable();
  closing.push(close);
  const held: string[] = [];
  let pasts: Map<string, unknown> | undefined;
  const transacts: string[] = [];
  const old: Table = {
    async read(key, { consistency } = {}) {
      const name = nameOfKey(key);
      if (!pasts || consistency !== 'eventual') return table.read(key);
      held.push(name);
      return pasts.get(name) as Awaited<ReturnType<Table['read']>>;
    },
    query: (...asked) => table.query(...asked),
    due: (...asked) => table.due(...asked),
    async transact(...asked) {
      const outcome = await table.transact(...asked);
      transacts.push(outcome);
      return outcome;
    },
  };
  const world = await createWorld({ ...options, table: old });
  return {
    ...world,
    held,
    transacts,
    /** From now on eventual reads find nothing but these items. */
    hold: (items: Map<string, unknown> = new Map()) => {
      pasts = items;
    },
    real: table,
  };
}

describe('where eventual reads are old', () => {
  test('one more SMS is a conflict, and then as the quota really is', async () => {
    const world = await heldWorld({ settings: { smsQuotaPerHour: 2 } });
    world.hold();
    for (const id of ['one', 'two']) expect(await begin(world, id)).toMatchObject({ outcome: 'OtpSent' });
    expect(await begin(world, 'three')).toMatchObject({ outcome: 'QuotaUsedUp' });
    // The first quota is new; what was decided by it after that did not hold.
    expect(world.transacts.slice(1)).toEqual(['committed', 'conflict', 'committed', 'conflict', 'committed']);
    expect(new Set(world.held.map((name) => name.split('/')[0]))).toEqual(new Set(['quotas']));
  });

  test('an SMS waits for no record that it knows to be there', async () => {
    const world = await heldWorld();
    await begin(world);
    world.hold();
    await world.relayAll(ID);
    expect(world.held).toEqual([`flows/mfa-login#${ID}/record`]);
    expect(world.sms).toHaveLength(1);
  });

  test('nor does it take the record of an earlier version', async () => {
    const world = await heldWorld();
    await begin(world);
    const key = { table: 'flows', pk: `mfa-login#${ID}`, sk: 'record' };
    const record = await world.real.read(key);
    await world.relayAll(ID);
    world.clock.advance(30_000);
    await world.tell(ID, 'ResendRequested');
    const other = { ...record, data: { ...Object(record?.['data']), codeCounter: 1 } };
    world.hold(new Map([[nameOfKey(key), other]]));
    await world.relayAll(ID);
    expect(world.sms.map(({ body }) => body)).toEqual([world.sms[0]?.body, world.sms[0]?.body]);
  });

  test('a login sees its own failures when it succeeds, and counts them where they are', async () => {
    const world = await heldWorld();
    await begin(world);
    await world.relayAll(ID);
    world.hold();
    await world.tell(ID, 'OtpSubmitted', { code: wrongCode(world) });
    await world.tell(ID, 'OtpSubmitted', { code: wrongCode(world) });
    const account = world.held.find((name) => name.startsWith('users/failures#'))?.split('/')[1] ?? '';
    expect(await world.real.query('users', account, '')).toMatchObject([{ item: { failures: 2 } }]);
    expect(await world.tell(ID, 'OtpSubmitted', { code: world.code() })).toMatchObject({ state: 'LoggedIn' });
    expect(await world.real.query('users', account, '')).toEqual([]);
  });

  test('the failures of another login are counted in full', async () => {
    const world = await heldWorld();
    for (const id of ['one', 'two']) {
      await begin(world, id);
      await world.relayAll(id);
    }
    world.hold();
    await world.tell('one', 'OtpSubmitted', { code: 'wrong1' });
    await world.tell('two', 'OtpSubmitted', { code: 'wrong2' });
    const account = world.held.find((name) => name.startsWith('users/failures#'))?.split('/')[1] ?? '';
    expect(await world.real.query('users', account, '')).toMatchObject([{ item: { failures: 2 } }]);
  });

  test('neither a user nor a failure that counts against a password is missed', async () => {
    const world = await heldWorld({ settings: { failuresBeforeDelay: 2 } });
    world.hold();
    for (const id of ['one', 'two']) await world.begin(id, 'wrong');
    expect(await world.begin('three')).toMatchObject({ outcome: 'PasswordRefused' });
    expect(world.held).toEqual([]);
  });
});
