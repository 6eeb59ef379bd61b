/** What the inspector says of instances, over its routes. */
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Hono } from 'hono';
import type { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { respond } from '../../api/problem.ts';
import type { JsonObject } from '../../core/types.ts';
import { createInspector } from '../../local/inspector/inspector.ts';
import { inspectorRoutes } from '../../local/inspector/routes.ts';
import type {
  FlowsView,
  InstancesView,
  InstanceView,
  OverdueView,
  StuckReason,
} from '../../local/inspector/views.ts';
import { ambiguous, bell, bellRules, permanent, ringing, transient } from '../core/bell.ts';
import { openPaying, type Paying } from '../payment/paying.ts';
import {
  createEngine,
  defer,
  type Engine,
  type EngineOptions,
  FLOW,
  go,
  type Rules,
} from '../support/engine.ts';
import { eventually, expectProblem } from '../support/http.ts';

jest.setTimeout(30_000);

describe('the product', () => {
  let paying: Paying;
  let payment: string;
  let login: string;
  beforeAll(async () => {
    paying = await openPaying();
    payment = await paying.create();
    await paying.act(payment, 'authorize');
    await paying.act(payment, 'capture', { value: 1_000 });
    login = await paying.http.begin();
    await paying.idle();
  });
  afterAll(() => paying.close());

  const get = (path: string) => paying.http.get(`/inspect/api/${path}`);
  const read = async <T>(path: string) => {
    const { status, body } = await get(path);
    expect({ path, status }).toEqual({ path, status: 200 });
    return body as unknown as T;
  };

  test('flows: each with its graph', async () => {
    const { flows } = await read<FlowsView>('flows');
    expect(flows.map(({ name, persistence }) => `${name} ${persistence}`)).toEqual([
      'mfa-login outbox',
      'payment journal',
      'checkout outbox',
    ]);
    for (const { graph } of flows) {
      expect(graph.states.some(({ final }) => final)).toBe(true);
      expect(graph.edges.some(({ from }) => from === 'New')).toBe(true);
    }
  });

  test('instances: the newest first, by flow, by state, so many', async () => {
    const { instances, reading } = await read<InstancesView>('instances');
    expect(reading).toBe(false);
    const at = expect.any(String);
    expect(instances).toEqual([
      { flow: 'mfa-login', id: login, state: 'WaitForOtpInput', version: 1, final: false, at, deadline: at },
      { flow: 'payment', id: payment, state: 'Captured', version: 5, final: true, at },
    ]);
    const of = async (query: string) =>
      (await read<InstancesView>(`instances?${query}`)).instances.map(({ id }) => id);
    expect(await of('flow=payment')).toEqual([payment]);
    expect(await of('flow=checkout')).toEqual([]);
    expect(await of('state=Captured')).toEqual([payment]);
    expect(await of('state=Authorized')).toEqual([]);
    expect(await of('flow=mfa-login&state=Captured')).toEqual([]);
    expect(await of('limit=1')).toEqual([login]);
    expect(await of('only=stuck')).toEqual([]);
    expect(await of('only=overdue')).toEqual([]);
  });

  test('an instance of a journal: every transition with its facts, effects and hash', async () => {
    const view = await read<InstanceView>(`flows/payment/instances/${payment}`);
    expect(view).toMatchObject({
      ...{ flow: 'payment', id: payment, persistence: 'journal', state: 'Captured', version: 5, newest: 5 },
      data: { merchant: 'shop', captured: { value: 1_000, currency: 'EUR' } },
      deferred: [],
    });
    expect(view.transitions.map(({ version, event, from, to }) => [version, event.type, from, to])).toEqual([
      [1, 'PaymentCreated', 'New', 'Created'],
      [2, 'Authorize', 'Created', 'Authorizing'],
      [3, 'AuthApproved', 'Authorizing', 'Authorized'],
      [4, 'Capture', 'Authorized', 'Capturing'],
      [5, 'CaptureSuccess', 'Capturing', 'Captured'],
    ]);
    const history = await paying.entries(payment);
    for (const [n, one] of view.transitions.entries()) {
      expect(one).toMatchObject({ entry: true, status: 'applied', dropped: [], facts: history[n]?.facts });
      expect(one.hash).toMatch(/^[\w-]{43}$/);
      // The word of the transition itself is an effect like all others, and the last.
      expect(one.effects.at(-1)).toEqual({
        ...{ id: `${payment}/${n + 1}/0`, kind: 'publish', status: 'delivered', attempt: 1, request: {} },
      });
    }
    expect(view.transitions[3]?.effects[0]).toMatchObject({
      ...{ id: `${payment}/4/1`, kind: 'payment.capture', status: 'delivered', attempt: 1 },
      request: { request: { do: 'capture', amount: { value: 1_000 } }, notAfter: expect.any(String) },
    });
  });

  test('as it was at a version', async () => {
    const path = `flows/payment/instances/${payment}`;
    const then = await read<InstanceView>(`${path}?version=2`);
    expect(then).toMatchObject({ state: 'Authorizing', version: 2, newest: 5, final: false });
    expect(then.transitions.map(({ version }) => version)).toEqual([1, 2]);
    expect(then.data).not.toHaveProperty('captured');
    expect(then).not.toHaveProperty('stuck');
    const now = await read<InstanceView>(path);
    expect(await read<InstanceView>(`${path}?version=5`)).toEqual(now);
    for (const version of ['0', '6', '999999'])
      expectProblem(await get(`${path}?version=${version}`), 404, 'not-found');
  });

  test('an instance of an outbox: its trail, joined with the entries that are still there', async () => {
    const view = await read<InstanceView>(`flows/mfa-login/instances/${login}`);
    expect(view).toMatchObject({ persistence: 'outbox', state: 'WaitForOtpInput', version: 1, newest: 1 });
    expect(view.transitions).toEqual([
      {
        ...{ version: 1, from: 'New', to: 'WaitForOtpInput', status: 'applied', dropped: [], entry: true },
        event: { id: expect.any(String), type: 'LoginRequested', at: view.createdAt },
        facts: [{ type: 'PasswordAccepted' }, { type: 'OtpSent' }],
        effects: [
          {
            ...{ id: `${login}/1/1`, kind: 'sms', status: 'delivered', attempt: 1, receipt: 'inbox' },
            request: { notAfter: view.deadline },
          },
        ],
        at: view.createdAt,
      },
    ]);
    await paying.http.del(`/logins/${login}`);
    const { transitions, final, expiresAt } = await read<InstanceView>(`flows/mfa-login/instances/${login}`);
    expect(transitions[1]).toEqual({
      ...{
        version: 2,
        from: 'WaitForOtpInput',
        to: 'Cancelled',
        status: 'applied',
        dropped: [],
        entry: false,
      },
      ...{ event: { id: expect.any(String), type: 'CancelRequested' }, facts: [], effects: [] },
      at: expect.any(String),
    });
    expect([final, typeof expiresAt]).toEqual([true, 'string']);
  });

  test('what cannot be asked', async () => {
    const path = `flows/payment/instances/${payment}`;
    for (const [query, at] of [
      ['instances?limit=0', 'limit'],
      ['instances?limit=201', 'limit'],
      ['instances?limit=ten', 'limit'],
      ['instances?only=oldest', 'only'],
      ['instances?flow=', 'flow'],
      ['instances?page=2', 'page'],
      [`${path}?version=`, 'version'],
      [`${path}?version=-1`, 'version'],
      [`${path}?version=1.5`, 'version'],
      [`${path}?at=2`, 'at'],
      [`flows/mfa-login/instances/${login}?version=1`, 'version'],
      ['flows?x=1', 'x'],
      ['overdue?x=1', 'x'],
      ['counters?x=1', 'x'],
      ['live?x=1', 'x'],
    ] as const) {
      const reply = await get(query);
      expect({ query, errors: reply.body['errors'] }).toMatchObject({ query, errors: [{ path: at }] });
      expectProblem(reply, 400, 'invalid-request', { members: { errors: reply.body['errors'] ?? [] } });
    }
    for (const unknown of [
      'instances?flow=nobody',
      'instances?flow=toString',
      'flows/nobody/instances/x',
      'flows/constructor/instances/x',
      'flows/payment/instances/nobody',
      'flows/payment/instances/nobody?version=1',
      `flows/mfa-login/instances/${payment}`,
    ])
      expectProblem(await get(unknown), 404, 'not-found');
  });

  test('only GET', async () => {
    for (const path of ['flows', 'instances', path1(), 'overdue', 'counters', 'live'])
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const reply = await paying.http.send(method, `/inspect/api/${path}`);
        expectProblem(reply, 405, 'method-not-allowed');
        expect(reply.headers.get('allow')).toBe('GET');
      }
    const head = await paying.http.send('HEAD', '/inspect/api/live');
    expect([head.status, head.text]).toEqual([200, '']);
  });
  const path1 = () => `flows/payment/instances/${payment}`;

  test('an instance that has expired is not there any more', async () => {
    const id = await paying.http.begin();
    await paying.http.del(`/logins/${id}`);
    const { expiresAt = '' } = await read<InstanceView>(`flows/mfa-login/instances/${id}`);
    const seconds = Math.ceil((Date.parse(expiresAt) - paying.http.runtime.clock.now()) / 1000);
    await paying.pass(seconds);
    expectProblem(await get(`flows/mfa-login/instances/${id}`), 404, 'not-found');
    const { instances } = await read<InstancesView>('instances?flow=mfa-login&state=Cancelled');
    expect(instances).toEqual([]);
  });
});

describe('a flow of the test', () => {
  let engine: Engine;
  let app: Hono;
  let stop: () => void = () => {};
  afterEach(() => stop());

  function start(options: EngineOptions): void {
    engine = createEngine(options);
    const table = engine.table as SqliteTable;
    const flows = { [FLOW]: engine.flow };
    const inspector = createInspector({ table, clock: engine.clock, flows, observe: () => {} });
    app = new Hono();
    app.onError((error, c) => respond(c, error, () => {}));
    inspectorRoutes(app, { inspector, flows });
    stop = () => {
      inspector.close();
      engine.close();
    };
  }

  const get = async <T>(path: string) => (await app.request(`/inspect/api/${path}`)).json() as Promise<T>;
  const view = (id: string) => get<InstanceView>(`flows/${FLOW}/instances/${id}`);
  const listed = async (only: string) =>
    (await get<InstancesView>(`instances?only=${only}`)).instances.map(({ id, stuck }) => [id, stuck]);
  /** The view, and both lists, say the same. */
  async function expectStuck(id: string, reason: StuckReason | undefined): Promise<void> {
    expect((await view(id)).stuck).toBe(reason);
    expect(await listed('stuck')).toEqual(reason ? [[id, reason]] : []);
    expect(await listed('newest')).toEqual([[id, reason]]);
    expect(await listed('overdue')).toEqual(reason === 'overdue' ? [[id, reason]] : []);
  }

  const rings: Rules = [
    ['New', 'Made', ringing({})],
    ['Ringing', 'Ignored', go('Elsewhere', {}, { deadlineSeconds: 60 })],
    ['Ringing', 'Held', defer],
    ['Ringing', 'Gone', go('Gone', {}, { final: true })],
    ['Elsewhere', 'Held', go('Elsewhere')],
  ];

  test.each(['outbox', 'journal'] as const)('%s: an effect of which nobody knows', async (persistence) => {
    const { executor } = bell(...Array.from({ length: 15 }, ambiguous));
    // No event tells the instance.
    start({ rules: rings, persistence, executors: { bell: { ...executor, failure: () => undefined } } });
    await engine.tell('a', 'Made');
    await engine.relayAll('a');
    const [first] = (await view('a')).transitions;
    expect(first?.effects).toMatchObject([
      { status: 'unknown', attempt: 1, nextAt: expect.any(String), reason: 'silence' },
    ]);
    await expectStuck('a', undefined);
    for (let n = 0; n < 5; n++) {
      engine.clock.advance(300_000);
      await engine.relayAll('a');
    }
    // The deadline has passed as well by now.
    expect((await view('a')).stuck).toBe('overdue');
    engine.clock.advance(-1_500_000);
    const [last] = (await view('a')).transitions;
    expect(last?.effects).toMatchObject([{ status: 'unknown', attempt: 5 }]);
    expect(last?.effects[0]).not.toHaveProperty('nextAt');
    await expectStuck('a', 'effect-unknown');
    if (persistence === 'journal')
      expect(await get(`flows/${FLOW}/instances/a?version=1`)).toEqual(await view('a'));
    await engine.tell('a', 'Ignored');
    await expectStuck('a', undefined);
  });

  test('an effect that was given up, without the instance knowing; until it moves on', async () => {
    // The failure is told, and nobody takes it.
    start({ rules: rings, persistence: 'outbox', executors: { bell: bell(permanent()).executor } });
    await engine.tell('a', 'Made');
    await engine.relayAll('a');
    await expectStuck('a', 'effect-failed');
    await engine.tell('a', 'Gone');
    await expectStuck('a', undefined);
  });

  test('one whose failure the instance has taken is dealt with', async () => {
    const rules: Rules = [...bellRules.slice(0, 1), ['Ringing', 'BellFailed', go('Ringing')]];
    start({ rules, persistence: 'outbox', executors: { bell: bell(permanent()).executor } });
    await engine.tell('a', 'Made');
    await engine.relayAll('a');
    expect((await view('a')).transitions[0]?.effects).toMatchObject([
      { status: 'failed', reason: 'refused' },
    ]);
    await expectStuck('a', undefined);
  });

  test('overdue: not before a minute has gone by, and both lists say so', async () => {
    start({ rules: rings, executors: { bell: bell('done').executor } });
    await engine.tell('a', 'Made');
    await engine.relayAll('a');
    const { deadline = '' } = await view('a');
    const overdue = () => get<OverdueView>('overdue');
    engine.clock.advance(Date.parse(deadline) - engine.clock.now() - 1);
    expect(await overdue()).toEqual({ overdue: [] });
    engine.clock.advance(1);
    expect(await overdue()).toEqual({
      overdue: [{ flow: FLOW, id: 'a', what: 'deadline', state: 'Ringing', dueAt: deadline }],
    });
    engine.clock.advance(59_999);
    await expectStuck('a', undefined);
    engine.clock.advance(1);
    await expectStuck('a', 'overdue');
  });

  test('overdue: deferred events that became due, and effects', async () => {
    start({ rules: rings, executors: { bell: bell(transient(), transient(), transient()).executor } });
    const { table } = engine;
    await engine.tell('a', 'Made');
    await engine.tell('a', 'Held', {}, 'held');
    expect((await view('a')).deferred).toEqual([
      { id: 'held', type: 'Held', at: engine.clock.iso(), due: false },
    ]);
    expect((await view('a')).transitions[1]).toMatchObject({
      status: 'deferred',
      from: 'Ringing',
      to: 'Ringing',
    });
    // As if the process had ended right after the transition: the queue has not been gone through.
    const transact = jest.spyOn(table, 'transact');
    let commits = 0;
    transact.mockImplementation(async (...asked) => {
      if (++commits > 1) throw new Error('the end');
      transact.mockRestore();
      const outcome = await table.transact(...asked);
      jest.spyOn(table, 'transact').mockRejectedValue(new Error('the end'));
      return outcome;
    });
    await engine.tell('a', 'Ignored');
    jest.restoreAllMocks();
    const left = await view('a');
    expect([left.state, left.deferred]).toMatchObject(['Elsewhere', [{ id: 'held', due: true }]]);
    engine.clock.advance(60_000);
    const { overdue } = await get<OverdueView>('overdue');
    expect(overdue.map(({ what, state }) => [what, state])).toEqual([
      ['deferred', 'Elsewhere'],
      ['effects', 'Elsewhere'],
    ]);
    await expectStuck('a', 'overdue');
  });

  test('an alarm that an instance has raised', async () => {
    start({ rules: rings, executors: { bell: bell('done').executor } });
    const flows = { [FLOW]: engine.flow };
    const inspector = createInspector({
      ...{ table: engine.table as SqliteTable, clock: engine.clock, flows, observe: () => {} },
    });
    await engine.tell('a', 'Made');
    await engine.relayAll('a');
    inspector.hear({ type: 'alarm', flow: FLOW, flowId: 'a', reason: 'Looked' });
    inspector.hear({ type: 'alarm', flow: FLOW, flowId: 'nobody', reason: 'Looked' });
    const { instances } = await inspector.instances({ only: 'stuck', limit: 10 });
    expect(instances.map(({ id, stuck }) => [id, stuck])).toEqual([['a', 'alarm']]);
    await engine.tell('a', 'Gone');
    expect((await inspector.instance(engine.flow, 'a'))?.stuck).toBe('alarm');
    inspector.close();
  });

  test('overdue: at most two hundred, the oldest first', async () => {
    start({ rules: rings });
    for (let n = 0; n < 210; n++) {
      await engine.tell(`i${n}`, 'Made');
      engine.clock.advance(10);
    }
    engine.clock.advance(3_600_000);
    const { overdue } = await get<OverdueView>('overdue');
    expect(overdue).toHaveLength(200);
    expect(overdue.map(({ dueAt }) => dueAt)).toEqual(overdue.map(({ dueAt }) => dueAt).sort());
    expect(overdue[0]).toMatchObject({ id: 'i0', what: 'effects' });
    const { instances } = await get<InstancesView>('instances?only=overdue&limit=200');
    expect(instances).toHaveLength(200);
    expect(instances.every(({ stuck }) => stuck === 'overdue')).toBe(true);
  });

  test('an entry that nobody can read does not hide the others', async () => {
    start({ rules: rings, executors: { bell: bell('done').executor } });
    await engine.tell('a', 'Made');
    const key = { table: 'flows', pk: `${FLOW}#a`, sk: 'entry#0000000001' };
    const item = (await engine.table.read(key)) as JsonObject;
    await engine.table.transact([{ op: 'put', key, item: { ...item, effects: 'none' } }]);
    const { transitions, stuck } = await view('a');
    expect(transitions).toMatchObject([{ version: 1, entry: false, effects: [] }]);
    expect(stuck).toBeUndefined();
  });

  test('one that was created over an expired one is listed once, where it is', async () => {
    start({ rules: rings, persistence: 'outbox', retentionSeconds: 60 });
    await engine.tell('a', 'Made');
    await engine.tell('a', 'Gone');
    const inState = async (state: string) =>
      (await get<InstancesView>(`instances?state=${state}`)).instances.map(({ id, version }) => [
        id,
        version,
      ]);
    expect(await inState('Gone')).toEqual([['a', 2]]);
    engine.clock.advance(60_000);
    await engine.tell('a', 'Made');
    expect([await inState('Gone'), await inState('Ringing')]).toEqual([[], [['a', 3]]]);
    const { transitions, createdAt } = await view('a');
    expect(transitions.map(({ version, at }) => [version, at])).toEqual([[3, createdAt]]);
  });

  test('what a flow says nothing of is not shown', async () => {
    start({
      rules: [
        [
          'New',
          'Made',
          go(
            'Made',
            { data: { name: 'Ann' }, facts: [{ type: 'WasMade', by: 'Ann', n: 7 }] },
            { final: true },
          ),
        ],
      ],
    });
    await engine.tell('a', 'Made');
    const shown = await view('a');
    expect(shown.data).toEqual({ name: '•••••••' });
    expect(shown.transitions[0]?.facts).toEqual([{ type: 'WasMade', by: '•••••••', n: '•••••••' }]);
    expect(JSON.stringify(shown)).not.toContain('Ann');
  });

  test('deferred events that a new state rejects are dropped by name', async () => {
    const rules: Rules = [...rings.slice(0, 1), ...rings.slice(2, 4)];
    for (const persistence of ['outbox', 'journal'] as const) {
      start({ rules, persistence, executors: { bell: bell('done').executor } });
      await engine.tell('a', 'Made');
      await engine.tell('a', 'Held', {}, 'held');
      await engine.tell('a', 'Gone');
      const { transitions } = await view('a');
      expect(transitions.map(({ status, dropped }) => [status, dropped])).toEqual([
        ['applied', []],
        ['deferred', []],
        ['applied', [{ id: 'held', type: 'Held' }]],
      ]);
      stop();
    }
    stop = () => {};
  });
});

test('a list is complete once it is no longer being read', async () => {
  const paying = await openPaying();
  const id = await paying.create();
  const again = createInspector({
    ...{ table: paying.http.runtime.table, clock: paying.http.runtime.clock },
    ...{ flows: paying.http.runtime.flows, observe: () => {} },
  });
  const { instances } = await eventually(
    () => again.instances({ only: 'newest', limit: 10 }),
    ({ reading }) => !reading,
  );
  expect(instances.map((line) => line.id)).toEqual([id]);
  again.close();
  await paying.close();
});
