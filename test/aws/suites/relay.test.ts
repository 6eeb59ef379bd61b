/** Effects on AWS when things break around them: processes are killed, the stream stops, doubles or holds nonsense, SNS is down. */
import { setTimeout as wait } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DynamoTable } from '../../../adapters/aws/dynamo-table.ts';
import type { Bookkeeping, EntryItem } from '../../../core/bookkeeping.ts';
import { entryKey, recordKey } from '../../../core/flow.ts';
import type { Item, JsonObject, Key } from '../../../core/types.ts';
import { newUser, tableOf } from '../support/clients.ts';
import { type Deployment, deployment } from '../support/deployment.ts';
import { post } from '../support/http.ts';
import { killFunction } from '../support/kill.ts';
import { linesOf, logGroupOf } from '../support/logs.ts';
import { codeOn, messagesTo } from '../support/phone.ts';
import { committedBy, deliverAgain, switchStream } from '../support/stream.ts';
import { type Call, type Instead, openWire, type Wire } from '../support/wire.ts';

const STACK = 'Detent-staging';
const FLOW = 'mfa-login';

/** In an account that lives on, users of earlier runs are there. */
const run = `${process.pid}-${Date.now()}`;

let deployed: Deployment;
let table: DynamoTable;
let wire: Wire;

/** Runs until it needs neither the stream nor what others may kill; what it returns is the rest, and waits. */
type Scenario = () => Promise<() => Promise<void>>;

const alone: [string, Scenario][] = [];
const together: [string, Scenario][] = [];
const last: [string, Scenario][] = [];
const ended = new Map<string, Promise<void>>();

async function begin([name, scenario]: [string, Scenario]): Promise<void> {
  const first = scenario();
  const whole = first.then((rest) => rest());
  ended.set(name, whole);
  // A test tells of it.
  whole.catch(() => {});
  await first.catch(() => {});
}

beforeAll(async () => {
  deployed = await deployment(STACK);
  table = tableOf(deployed);
  wire = await openWire(deployed, ['api', 'relay', 'reconciler']);
  // A kill ends whatever the process is doing, for others too.
  for (const one of alone) await begin(one);
  await Promise.all(together.map(begin));
  for (const one of last) void begin(one);
});

afterAll(async () => {
  await Promise.allSettled(ended.values());
  await switchStream(deployed, true);
  for (const key of poison) await table.transact([{ op: 'delete', key }]);
  await wire.close();
});

async function startLogin(name: string, headers: { [name: string]: string } = {}) {
  const { username, password, phone } = await newUser(deployed, `relay-${name}-${run}`);
  const ask = () => post(deployed, '/logins', { username, password }, headers);
  return { ask, phone };
}

async function login(name: string) {
  const { ask, phone } = await startLogin(name);
  const begun = await ask();
  expect(begun).toMatchObject({ status: 201 });
  return { phone, loginId: String(begun.body['loginId']) };
}

async function finish(loginId: string, code: string): Promise<void> {
  expect(await post(deployed, `/logins/${loginId}/otp`, { code })).toMatchObject({ status: 200 });
}

const isPublish = ({ service, operation, input }: Call, phone: string): boolean =>
  service === 'sns' && operation === 'Publish' && input['PhoneNumber'] === phone;

/** Tries to send, the refused ones too. */
const triesTo = (phone: string): Call[] => wire.calls.filter((call) => isPublish(call, phone));

/** Answers of SNS to the first tries for a phone. */
function answerFirst(phone: string, ...answers: Instead[]): void {
  wire.rule((call) => (isPublish(call, phone) ? answers.shift() : undefined));
}

const refusal = (status: number, code: string): Instead => ({
  status,
  type: 'text/xml',
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>refused</Message></Error></ErrorResponse>`,
});

/** Lets the service do the first such call, and keeps the answer from whoever made it. */
function holdFirst(isIt: (call: Call) => boolean) {
  const released = Promise.withResolvers<void>();
  let held: Call | undefined;
  wire.rule((call) => {
    if (held || !isIt(call)) return undefined;
    held = call;
    return released.promise;
  });
  return {
    done: () => until('the held call is done', () => held?.status === 200),
    release: () => released.resolve(),
  };
}

type Found<T> = Exclude<T, false | undefined>;

async function until<T>(what: string, look: () => T | Promise<T>, patienceMs = 20_000): Promise<Found<T>> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await wait(100)) {
    const found = await look();
    if (found) return found as Found<T>;
  }
  throw new Error(`Not within ${patienceMs} ms: ${what}`);
}

async function entryOf(loginId: string, version = 1): Promise<EntryItem> {
  return (await table.read(entryKey(FLOW, loginId, version))) as unknown as EntryItem;
}

/** What became of the one effect of an entry. */
async function fateOf(loginId: string, version = 1): Promise<Bookkeeping> {
  const { delivery } = await entryOf(loginId, version);
  const [only, ...others] = Object.values(delivery);
  if (!only || others.length > 0) throw new Error('There must be one effect');
  return only;
}

const withStatus = (loginId: string, status: Bookkeeping['status'], version = 1) =>
  until(status, async () => {
    const fate = await fateOf(loginId, version);
    return fate.status === status && fate;
  });

/** From when to when (ms) passes ran that were asked for here; all others are the schedule's. */
const asked: { from: number; to: number }[] = [];

async function reconcile(): Promise<JsonObject> {
  const invoke = new InvokeCommand({ FunctionName: deployed.functions.reconciler });
  const from = Date.now();
  const { Payload, FunctionError } = await new LambdaClient().send(invoke);
  asked.push({ from, to: Date.now() });
  expect(FunctionError).toBeUndefined();
  return JSON.parse(new TextDecoder().decode(Payload));
}

/** A pass, once an instant (ISO 8601 UTC) has passed: the schedule's may have been faster. */
async function reconcileAfter(instant: string | undefined): Promise<void> {
  await wait(Math.max(0, Date.parse(instant ?? '') - Date.now()) + 200);
  await reconcile();
}

/** What functions wrote into their logs as JSON: lines and metrics. */
async function jsonLogOf(...functions: (keyof Deployment['functions'])[]): Promise<JsonObject[]> {
  const groups = await Promise.all(functions.map((name) => logGroupOf(deployed.functions[name])));
  const lines = (await Promise.all(groups.map(linesOf))).flat();
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as JsonObject);
}

/** How often a metric was counted for an instance. */
async function counted(
  metric: string,
  loginId: string,
  ...by: (keyof Deployment['functions'])[]
): Promise<number> {
  const documents = await jsonLogOf(...by);
  return documents.filter((one) => one['_aws'] && one[metric] === 1 && one['correlation_id'] === loginId)
    .length;
}

alone.push([
  'a relay that is killed after SNS has the SMS: sent again once its lease is over, with the same code, and counted as unknown',
  async () => {
    const { ask, phone } = await startLogin('killed');
    const publish = holdFirst((call) => isPublish(call, phone));
    const begun = await ask();
    const loginId = String(begun.body['loginId']);
    await publish.done();
    killFunction(deployed.functions.relay);
    publish.release();
    const claimed = await fateOf(loginId);
    expect(claimed).toMatchObject({ status: 'claimed', attempt: 1 });
    const code = await codeOn(phone);
    const { dueAt } = await entryOf(loginId);
    // The stream gives the batch again: what others hold is left alone.
    await wait(2_500);
    expect(await fateOf(loginId)).toEqual(claimed);

    return async () => {
      await reconcileAfter(claimed.leaseUntil);
      expect((await messagesTo(phone)).length).toBe(1);
      await reconcileAfter(dueAt);
      expect(await withStatus(loginId, 'delivered')).toMatchObject({ attempt: 2 });
      expect(await codeOn(phone, 2)).toBe(code);
      expect(await messagesTo(phone)).toHaveLength(2);
      await until('counted as unknown', async () => counted('EffectUnknown', loginId, 'relay', 'reconciler'));
      expect(await counted('EffectUnknown', loginId, 'relay', 'reconciler')).toBe(1);
      await finish(loginId, code);
    };
  },
]);

alone.push([
  'an API that is killed after its commit: the same request again is answered from it',
  async () => {
    const { ask, phone } = await startLogin('unanswered', { 'idempotency-key': `key-${run}` });
    const ofThePhone = ({ by, input }: Call) => by === 'api' && JSON.stringify(input).includes(phone);
    const commit = holdFirst((call) => call.operation === 'TransactWriteItems' && ofThePhone(call));
    const unanswered = ask();
    await commit.done();
    killFunction(deployed.functions.api);
    commit.release();
    expect((await unanswered).status).toBeGreaterThanOrEqual(500);

    const again = await ask();
    expect(again).toMatchObject({ status: 201 });
    const loginId = String(again.body['loginId']);
    const commits = wire.calls.filter((call) => ofThePhone(call) && committedBy(call).length > 0);
    expect(commits).toHaveLength(1);
    expect(commits.flatMap(committedBy)).toMatchObject([{ flowId: { S: loginId } }]);
    const code = await codeOn(phone);
    await withStatus(loginId, 'delivered');

    return async () => {
      expect(await table.read(recordKey(FLOW, loginId))).toMatchObject({ version: 1 });
      expect((await ask()).body).toEqual(again.body);
      expect(await messagesTo(phone)).toHaveLength(1);
      await finish(loginId, code);
    };
  },
]);

together.push([
  'a record of the stream that comes three times at once, and later again: one SMS',
  async () => {
    const { ask, phone } = await startLogin('doubled');
    const publish = holdFirst((call) => isPublish(call, phone));
    const loginId = String((await ask()).body['loginId']);
    const [image] = wire.calls.flatMap(committedBy).filter(({ flowId }) => flowId?.S === loginId);
    if (!image) throw new Error('No entry was committed');
    expect(image).toMatchObject({ revision: { N: '0' }, dueAt: { S: expect.any(String) } });
    const doubles = [deliverAgain(deployed, image), deliverAgain(deployed, image)];
    await publish.done();
    // Two of the three find that it is being sent.
    await Promise.race(doubles);
    await wait(1_000);
    publish.release();
    expect(await Promise.all(doubles)).toEqual([[], []]);
    await withStatus(loginId, 'delivered');

    return async () => {
      expect(await deliverAgain(deployed, image)).toEqual([]);
      await wait(1_000);
      expect(triesTo(phone)).toHaveLength(1);
      expect(await messagesTo(phone)).toHaveLength(1);
      expect(await fateOf(loginId)).toMatchObject({ status: 'delivered', attempt: 1 });
    };
  },
]);

/** They are found for as long as they are there. */
const poison: Key[] = [];

/** What no relay can use, as it would have been committed. */
const nonsense: { [name: string]: Item } = {
  'no-effects': {},
  'no-list': { effects: 'sms' },
  'no-effect': { effects: [null] },
  'no-notes': { effects: [{ id: 'x/1/1', kind: 'sms' }], delivery: 'none' },
};

together.push([
  'entries that no relay can use: told, counted at each pass, and nobody waits for them',
  async () => {
    const poisoned = Object.entries(nonsense).map(([name, item]) => ({ flowId: `${name}-${run}`, item }));
    const at = new Date().toISOString();
    for (const { flowId, item } of poisoned) {
      const key = entryKey(FLOW, flowId, 1);
      poison.push(key);
      const common = { flow: FLOW, flowId, version: 1, at, revision: 0, delivery: {}, dueAt: at };
      await table.transact([{ op: 'put', key, item: { ...common, ...item } }]);
    }
    const { phone, loginId } = await login('neighbour');
    await codeOn(phone, 1, 10_000);
    await withStatus(loginId, 'delivered');

    // The stream is done with them. MiniStack goes on after a batch whatever `batchItemFailures` says, AWS would give them again:
    // that they are not asked for again is seen in the answer.
    const failuresOf = async (flowId: string, where: 'relay' | 'reconciler') =>
      (await jsonLogOf(where)).filter(
        (line) =>
          line['message'] === 'failure' && line['where'] === where && line['correlation_id'] === flowId,
      );
    for (const { flowId } of poisoned) {
      await until(`a failure of ${flowId}`, async () => (await failuresOf(flowId, 'relay')).length > 0);
      expect(await failuresOf(flowId, 'relay')).toMatchObject([
        { level: 'ERROR', error: expect.stringContaining('Detent.invalid-entry') },
      ]);
      expect(await counted('Failure', flowId, 'relay')).toBe(1);
    }
    const image = {
      ...{ pk: { S: `${FLOW}#again-${run}` }, sk: { S: 'entry#0000000001' } },
      ...{ revision: { N: '0' }, dueAt: { S: at } },
    };
    expect(await deliverAgain(deployed, image)).toEqual([]);

    return async () => {
      const passes = [await reconcile(), await reconcile()];
      for (const { failures } of passes) expect(failures).toBeGreaterThanOrEqual(poisoned.length);
      for (const { flowId } of poisoned) {
        const told = await failuresOf(flowId, 'reconciler');
        expect(told.length).toBeGreaterThanOrEqual(2);
        // Read later, and passes go on.
        expect(await counted('Failure', flowId, 'reconciler')).toBeGreaterThanOrEqual(told.length);
      }
      const overdue = (await jsonLogOf('reconciler')).filter(
        (line) => line['_aws'] && line['OverdueEntries'],
      );
      expect(Number(overdue.at(-1)?.['OverdueFailures'])).toBeGreaterThanOrEqual(poisoned.length);
    };
  },
]);

together.push([
  'SNS that is down for all quick tries: the reconciler sends the SMS after the pause',
  async () => {
    const { ask, phone } = await startLogin('down');
    const down = refusal(500, 'InternalError');
    answerFirst(phone, down, down, down);
    const loginId = String((await ask()).body['loginId']);
    const waiting = await until('three tries', async () => {
      const fate = await fateOf(loginId);
      return fate.nextAt !== undefined && fate;
    });
    expect(waiting).toMatchObject({ status: 'pending', attempt: 1 });
    expect(triesTo(phone)).toHaveLength(3);

    return async () => {
      // Too early for it.
      await reconcile();
      expect(triesTo(phone)).toHaveLength(3);
      await reconcileAfter(waiting.nextAt);
      expect(await withStatus(loginId, 'delivered')).toMatchObject({ attempt: 2 });
      expect(await messagesTo(phone)).toHaveLength(1);
      await finish(loginId, await codeOn(phone));
    };
  },
]);

together.push([
  'SNS that refuses for good: the login is told, and sends another SMS by itself',
  async () => {
    const { ask, phone } = await startLogin('refused');
    answerFirst(phone, refusal(400, 'InvalidParameter'));
    const loginId = String((await ask()).body['loginId']);
    const code = await codeOn(phone);
    await withStatus(loginId, 'delivered', 2);

    return async () => {
      expect(await fateOf(loginId)).toMatchObject({ status: 'failed', attempt: 1 });
      expect(await table.read(recordKey(FLOW, loginId))).toMatchObject({
        version: 2,
        trail: [
          { type: 'LoginRequested', to: 'WaitForOtpInput' },
          { type: 'SmsFailed', from: 'WaitForOtpInput', to: 'WaitForOtpInput', facts: ['OtpSent'] },
        ],
      });
      expect(triesTo(phone)).toHaveLength(2);
      expect(await messagesTo(phone)).toHaveLength(1);
      await finish(loginId, code);
    };
  },
]);

last.push([
  'a stream that stops: what waits longer than a minute is sent by the reconciler, the rest when it goes on, each once',
  async () => {
    await switchStream(deployed, false);
    // What it has read already still comes.
    await wait(1_500);
    const long = await login('long');
    const { dueAt } = await entryOf(long.loginId);
    await wait(2_000);
    // Nor does the reconciler send it so soon.
    await reconcile();
    expect(triesTo(long.phone)).toEqual([]);

    return async () => {
      await reconcileAfter(dueAt);
      await codeOn(long.phone, 1, 5_000);
      const short = [await login('short-1'), await login('short-2')];
      await wait(2_000);
      for (const { phone } of short) expect(triesTo(phone)).toEqual([]);

      await switchStream(deployed, true);
      const all = [long, ...short];
      for (const { phone, loginId } of all) {
        await codeOn(phone);
        expect(await withStatus(loginId, 'delivered')).toMatchObject({ attempt: 1 });
      }
      await wait(2_000);
      for (const { phone } of all) expect(await messagesTo(phone)).toHaveLength(1);
      await finish(long.loginId, await codeOn(long.phone));
    };
  },
]);

for (const [name] of [...alone, ...together, ...last]) test(name, () => ended.get(name));

test('the schedule starts a pass every minute, which tells what it found', async () => {
  const scheduled = await until('two passes by schedule', passesBySchedule, 130_000);
  expect(scheduled.length).toBeGreaterThanOrEqual(2);
  for (const [n, at] of scheduled.slice(1).entries()) {
    const since = at - (scheduled[n] as number);
    // A pass that falls into one that was asked for is not told from it: then there are two minutes between.
    const minutes = Math.max(1, Math.round(since / 60_000));
    expect(Math.abs(since - minutes * 60_000)).toBeLessThan(10_000);
  }
});

/** When (ms) passes ended that nobody asked for: no other suite uses this stack. */
async function passesBySchedule(): Promise<number[] | undefined> {
  const passes = (await jsonLogOf('reconciler'))
    .filter(({ message }) => message === 'reconciled')
    .map(({ timestamp, records, entries, failures }) => {
      for (const one of [records, entries, failures]) expect(one).toEqual(expect.any(Number));
      return Date.parse(String(timestamp));
    })
    .filter((at) => !asked.some(({ from, to }) => from <= at && at <= to));
  return passes.length > 1 ? passes : undefined;
}
