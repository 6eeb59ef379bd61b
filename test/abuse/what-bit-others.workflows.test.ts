/** What has gone wrong in the workflows of others, each by name: what got lost, and what hung for ever. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { CrashHook, EffectExecutor } from '../../core/ports.ts';
import type { JsonObject } from '../../core/types.ts';
import { lint } from '../definitions/asl-lint.ts';
import { stableStates } from '../definitions/rules/machine.ts';
import { createScene, reach } from '../flows/mfa-login.scenes.ts';
import {
  createEngine,
  defer,
  type Engine,
  type EngineOptions,
  go,
  type Rule,
  type Rules,
} from '../support/engine.ts';
import { eventually, openHttp } from '../support/http.ts';
import { temporaryFolder, temporaryTable } from '../support/tables.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** An order whose payment is asked for: the answer to that and the payment come in any order. */
const rules: Rules = [
  [
    'New',
    'Ordered',
    ({ step, flow }) => ({
      state: 'Asking',
      step: { ...step, effects: [{ kind: 'ask', id: `${flow.id}/1/1` }] },
      deadlineSeconds: 60,
    }),
  ],
  ['Asking', 'Paid', defer],
  ['Asking', 'Asked', go('Waiting', {}, { deadlineSeconds: 600 })],
  ['Waiting', 'Paid', go('Done', {}, { final: true })],
];

const trail = async (engine: Engine) =>
  (await engine.record('o'))?.trail.map(({ type, answer }) => `${type} ${answer.status}`);

describe('callbacks that arrive before their token is stored and are lost', () => {
  /** A provider whose notification, under one id, comes while it is still answering. */
  function provider() {
    const asked: string[] = [];
    const ask: EffectExecutor = {
      async perform({ id }) {
        asked.push(id);
        expect(await notify()).toMatchObject({ status: 'deferred' });
        return { event: { type: 'Asked', payload: {} } };
      },
      failure: () => undefined,
    };
    const engine = createEngine({ rules, executors: { ask } });
    closers.push(engine.close);
    const notify = () => engine.tell('o', 'Paid', {}, 'notification-1');
    return { engine, asked, notify };
  }

  test('one that overtakes the answer to our own request is kept, and applied once', async () => {
    const { engine, asked, notify } = provider();
    await engine.tell('o', 'Ordered');
    await engine.relayAll('o');
    const all = ['Ordered applied', 'Paid deferred', 'Asked applied', 'Paid applied'];
    expect(await trail(engine)).toEqual(all);
    expect(await notify()).toMatchObject({ replayed: true });
    await engine.relayAll('o');
    expect(await trail(engine)).toEqual(all);
    expect(asked).toEqual(['o/1/1']);
  });

  test('one that comes before the commit of what it belongs to is not found, not taken for known, and applied when it comes again', async () => {
    const { table, close } = temporaryTable();
    closers.push(close);
    const other = createEngine({ rules, table });
    const notify = () => other.tell('o', 'Paid', {}, 'notification-1');
    const early: unknown[] = [];
    const crash: CrashHook = async (point) => {
      if (point === 'commit.before') early.push(await notify());
    };
    const engine = createEngine({ rules, table, ports: { crash } });
    await engine.tell('o', 'Ordered');
    expect(early).toEqual([{ status: 'not-found' }]);

    expect(await notify()).toMatchObject({ status: 'deferred', replayed: false });
    expect(await notify()).toMatchObject({ status: 'deferred', replayed: true });
    await other.tell('o', 'Asked', {}, 'answer-1');
    expect(await trail(other)).toEqual(['Ordered applied', 'Paid deferred', 'Asked applied', 'Paid applied']);
  });

  test('one that comes between the decision and the commit of another event is applied to what that leaves behind', async () => {
    const { table, close } = temporaryTable();
    closers.push(close);
    const other = createEngine({ rules, table });
    let armed = false;
    const crash: CrashHook = async (point) => {
      if (!armed || point !== 'commit.before') return;
      armed = false;
      await other.tell('o', 'Paid', {}, 'notification-1');
    };
    const engine = createEngine({ rules, table, ports: { crash } });
    await engine.tell('o', 'Ordered');
    armed = true;
    await engine.tell('o', 'Asked');
    expect(await trail(engine)).toEqual([
      'Ordered applied',
      'Paid deferred',
      'Asked applied',
      'Paid applied',
    ]);
  });

  test('a code that is entered before we know that its SMS went is good, and the SMS is not sent again', async () => {
    const network = Promise.withResolvers<void>();
    const sent: string[] = [];
    const http = await openHttp({
      phone: {
        async send({ body }) {
          sent.push(body.slice(0, 6));
          await network.promise;
          return { receipt: 'sent' };
        },
      },
    });
    closers.push(http.close);
    const loginId = await http.begin();
    const [code = ''] = await eventually(
      async () => sent,
      ({ length }) => length > 0,
    );
    const life = async () => {
      const { body } = await http.get(`/dev/flows/mfa-login/${loginId}`);
      const [entry] = body['entries'] as unknown as { delivery: JsonObject }[];
      return entry?.delivery[`${loginId}/1/1`];
    };
    expect(await life()).toMatchObject({ status: 'claimed' });
    expect((await http.submit(loginId, code)).status).toBe(200);
    network.resolve();
    await http.runtime.idle();
    await http.runtime.reconcile();
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 1 });
    expect(await http.stateOf(loginId)).toBe('LoggedIn');
    expect(sent).toHaveLength(1);
  });
});

describe('waiting states without a deadline that hang for ever', () => {
  const folder = join(import.meta.dirname, '../../state-definitions');
  const definitions = readdirSync(folder).filter((name) => name.endsWith('.asl.json'));

  test.each(definitions)('%s has none, and something happens at each deadline', (name) => {
    const definition: JsonObject = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(stableStates(definition).length).toBeGreaterThan(1);
    expect(lint(definition).filter(({ rule }) => rule === 'deadline')).toEqual([]);
  });

  test.each(Object.keys(reach).filter((state) => state !== 'New'))(
    'a login that all have left alone in %s ends',
    async (state) => {
      const scene = await createScene();
      closers.push(scene.close);
      await reach[state]?.(scene, 'login');
      for (let hour = 0; hour < 48; hour++) {
        scene.clock.advance(3_600_000);
        expect(await scene.reconcile()).toMatchObject({ failures: 0 });
      }
      expect(await scene.record('login')).toBeUndefined();
      expect(await scene.table.due('flows', '9999', { limit: 10 })).toEqual({ keys: [] });
    },
  );

  test('so does one whose SMS can never be sent', async () => {
    const scene = await createScene({ send: () => Promise.reject(new Error('down')) });
    closers.push(scene.close);
    await scene.begin('login');
    for (let minute = 0; minute < 10; minute++) {
      await scene.relayAll('login');
      scene.clock.advance(60_000);
      await scene.reconcile();
    }
    expect((await scene.record('login'))?.state).toMatch(/^(OtpExpired|DeliveryFailed)$/);
    expect(await scene.table.due('flows', '9999', { limit: 10 })).toEqual({ keys: [] });
  });
});

describe('deferred events lost on restart', () => {
  const noted: Rule = ({ flow, event, step }) => ({
    state: flow.state,
    step: { ...step, data: { log: `${step.data['log'] ?? ''}${event.payload['mark']}` } },
  });
  const queueing: Rules = [
    ['New', 'Made', go('Busy', {}, { deadlineSeconds: 60 })],
    ['Busy', 'Work', defer],
    ['Busy', 'Done', go('Ready', {}, { deadlineSeconds: 60 })],
    ['Ready', 'Work', noted],
  ];

  /** A data file, and engines on it one after the other. */
  function restarting() {
    const folder = temporaryFolder();
    closers.push(folder.remove);
    let close: () => void = () => {};
    closers.unshift(() => close());
    return (options: Partial<EngineOptions> = {}): Engine => {
      close();
      const db = openDataFile(join(folder.path, 'detent.db'));
      close = () => db.close();
      return createEngine({ rules: queueing, table: new SqliteTable(db), ...options });
    };
  }
  const log = async (engine: Engine) => (await engine.record('o'))?.data['log'];

  test('none, where they still wait: they are applied in order, and known under their ids', async () => {
    const start = restarting();
    const before = start();
    await before.tell('o', 'Made');
    for (const mark of ['a', 'b', 'c']) await before.tell('o', 'Work', { mark }, mark);
    const after = start();
    expect(await after.tell('o', 'Work', { mark: 'b' }, 'b')).toMatchObject({ replayed: true });
    await after.tell('o', 'Done', {}, 'done');
    expect(await log(after)).toBe('abc');
    expect(await after.record('o')).toMatchObject({ deferred: [], version: 8 });
  });

  test.each(['commit.after', 'load.before', 'resolve.before', 'commit.before'])(
    'none, where the end came after the change of state, at %s: the reconciler applies them, once',
    async (point) => {
      const start = restarting();
      let [armed, changed] = [false, false];
      const crash: CrashHook = (at) => {
        if (at === 'commit.after') changed = armed;
        if (changed && at === point) throw new Error('crash');
      };
      const before = start({ ports: { crash } });
      await before.tell('o', 'Made');
      for (const mark of ['a', 'b', 'c']) await before.tell('o', 'Work', { mark });
      armed = true;
      await before.tell('o', 'Done').catch(() => undefined);
      const after = start();
      expect(await after.record('o')).toMatchObject({ state: 'Ready', version: 5, deferred: [{}, {}, {}] });
      expect(await after.reconcile()).toEqual({ records: 1, entries: 0, failures: 0 });
      expect(await log(after)).toBe('abc');
      const last = start();
      expect(await last.reconcile()).toEqual({ records: 0, entries: 0, failures: 0 });
      expect(await last.record('o')).toMatchObject({ deferred: [], version: 8, data: { log: 'abc' } });
    },
  );
});
