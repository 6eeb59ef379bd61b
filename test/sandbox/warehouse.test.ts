/** The sandbox warehouse: ships each command once, whatever comes, and reports as it is told to. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { memoryStore } from '../../local/sandbox/store.ts';
import { type StartedWarehouse, startWarehouse } from '../../local/sandbox/warehouse/start.ts';
import { createWarehouse, type WarehouseMode } from '../../local/sandbox/warehouse/warehouse.ts';
import { eventually } from '../support/http.ts';
import { temporaryFolder } from '../support/tables.ts';

const command = (id = 'c-1/3/1') => ({
  ...{ id, type: 'FulfilOrder', flow: 'checkout', flowId: 'c-1' },
  items: [{ sku: 'mug', quantity: 2 }],
});
const report = (type: string, word: string, id = 'c-1/3/1') => ({
  ...{ flow: 'checkout', flowId: 'c-1', event: { id: `${id}/${word}`, type, payload: {} } },
});
const fulfilled = report('OrderFulfilled', 'fulfilled');

describe('a command', () => {
  const time = { now: 0 };
  const opened = () => {
    time.now = 0;
    const warehouse = createWarehouse(memoryStore(), () => time.now);
    return { ...warehouse, reports: () => warehouse.due().map((one) => one.report) };
  };

  test.each<[WarehouseMode, number, object[]]>([
    ['prompt', 999, []],
    ['prompt', 1_000, [fulfilled]],
    ['early', 0, [fulfilled]],
    ['slow', 9_999, []],
    ['slow', 10_000, [fulfilled]],
    ['double', 1_000, [fulfilled, fulfilled]],
    ['silent', 86_400_000, []],
    ['rejecting', 1_000, [report('FulfilmentRejected', 'rejected')]],
  ])('%s, after %d ms', (mode, ms, reports) => {
    const warehouse = opened();
    expect(warehouse.take(command(), mode)).toBe(true);
    time.now = ms;
    expect(warehouse.reports()).toEqual(reports);
    expect(warehouse.shipped()).toEqual(mode === 'rejecting' ? [] : ['c-1/3/1']);
  });

  test('that comes twice is shipped once, and reported once', () => {
    const warehouse = opened();
    for (let n = 0; n < 3; n++) warehouse.take(command(), 'prompt');
    time.now = 5_000;
    expect(warehouse.reports()).toEqual([fulfilled]);
    expect(warehouse.shipped()).toHaveLength(1);
  });

  test('that is asked for again is reported again, as it was decided', () => {
    const warehouse = opened();
    warehouse.take(command(), 'rejecting');
    warehouse.take({ ...command(), again: true }, 'prompt');
    time.now = 5_000;
    expect(new Set(warehouse.reports().map(({ event }) => event.type))).toEqual(
      new Set(['FulfilmentRejected']),
    );
    expect(warehouse.shipped()).toEqual([]);
  });

  test('that never came is taken when it is asked for', () => {
    const warehouse = opened();
    warehouse.take({ ...command(), again: true }, 'prompt');
    expect(warehouse.shipped()).toEqual(['c-1/3/1']);
  });

  test.each([
    [undefined],
    ['text'],
    [{}],
    [{ ...command(), items: 'mugs' }],
    [{ ...command(), type: 'Other' }],
  ])('that is none: %j', (message) => {
    const warehouse = opened();
    expect(warehouse.take(message, 'prompt')).toBe(false);
    expect(warehouse.shipped()).toEqual([]);
  });

  test('what has been reported is over', () => {
    const warehouse = opened();
    warehouse.take(command(), 'early');
    for (const { n } of warehouse.due()) warehouse.reported(n);
    expect(warehouse.due()).toEqual([]);
  });
});

describe('as a process', () => {
  jest.setTimeout(30_000);
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  async function started(takes: (text: string) => Promise<void>): Promise<StartedWarehouse> {
    const { path, remove } = temporaryFolder();
    const warehouse = await startWarehouse({ dataDir: path, onReport: takes });
    ends.push(remove, () => warehouse.stop());
    return warehouse;
  }

  /** Kills it, and waits until another one is there. */
  async function kill(warehouse: StartedWarehouse): Promise<void> {
    const before = warehouse.pid() as number;
    process.kill(before, 'SIGKILL');
    await eventually(
      async () => warehouse.pid(),
      (seen) => seen !== before,
      5_000,
    );
  }

  test('it reports until the report has been taken, also over a kill -9', async () => {
    const heard: string[] = [];
    let takes = false;
    const warehouse = await started(async (text) => {
      heard.push(text);
      if (!takes) throw new Error('not now');
    });
    expect(await warehouse.tell(JSON.stringify(command()))).toBe('taken');
    await eventually(
      async () => heard.length,
      (seen) => seen > 0,
      5_000,
    );
    await kill(warehouse);
    takes = true;
    const before = heard.length;
    await eventually(
      async () => heard.length,
      (seen) => seen > before,
      5_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(heard).toHaveLength(before + 1);
    expect(JSON.parse(heard.at(-1) as string)).toEqual(fulfilled);
  });

  test('it says what is no command, and whoever tells it while it is away knows', async () => {
    const warehouse = await started(async () => {});
    expect(await warehouse.tell('{')).toBe('refused');
    await warehouse.stop();
    expect(await warehouse.tell(JSON.stringify(command()))).toBe('away');
  });

  test('the mode of now is that of its next start, too', async () => {
    const heard: string[] = [];
    const warehouse = await started(async (text) => void heard.push(text));
    warehouse.setMode('rejecting');
    await kill(warehouse);
    await warehouse.tell(JSON.stringify(command()));
    await eventually(
      async () => heard.length,
      (seen) => seen > 0,
      5_000,
    );
    expect(JSON.parse(heard[0] as string).event.type).toBe('FulfilmentRejected');
  });
});
