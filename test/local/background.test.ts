import { afterEach, expect, test } from '@jest/globals';
import type { Signal } from '../../core/ports.ts';
import { Background, every, followEntries, inBackground } from '../../local/background.ts';
import { temporaryTable } from '../support/tables.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('idle waits for what is running, and for what that has caused', async () => {
  const background = new Background(() => {});
  const done: string[] = [];
  background.run('test', 'first', async () => {
    await turn();
    background.run('test', 'second', async () => {
      await turn();
      await turn();
      done.push('second');
    });
    done.push('first');
  });
  await background.idle();
  expect(done).toEqual(['first', 'second']);
});

test('a task that fails is reported by the name of its error, and holds up no other', async () => {
  const signals: Signal[] = [];
  const background = new Background((signal) => signals.push(signal));
  let other = false;
  background.run('relay', 'one', () => Promise.reject(new TypeError('+15555550100')));
  background.run('relay', 'two', async () => {
    other = true;
  });
  await background.idle();
  expect(other).toBe(true);
  expect(signals).toEqual([
    { type: 'failure', where: 'relay', subject: 'one', error: expect.stringMatching(/^TypeError at /) },
  ]);
});

test('entries are followed as they were committed, notes on them are not', async () => {
  const { table, close } = temporaryTable();
  stops.push(close);
  const background = new Background(() => {});
  const seen: unknown[] = [];
  stops.push(followEntries(table, background, async (item) => void seen.push(item['n'])));
  const put = (sk: string, n: number, revision: number, name = 'flows') =>
    table.transact([{ op: 'put', key: { table: name, pk: 'door#d', sk }, item: { n, revision } }]);
  await put('entry#0000000001', 1, 0);
  await put('entry#0000000001', 2, 1);
  await put('record', 3, 0);
  await put('entry#0000000001', 4, 0, 'inbox');
  await put('entry#0000000002', 5, 0);
  await background.idle();
  expect(seen).toEqual([1, 5]);
});

test('a task is repeated, after failures too, never twice at once, until it is stopped', async () => {
  const signals: Signal[] = [];
  const background = new Background((signal) => signals.push(signal));
  let runs = 0;
  let inside = 0;
  const enough = Promise.withResolvers<void>();
  const stop = every(1, background, 'reconciler', async () => {
    expect(++inside).toBe(1);
    await turn();
    inside--;
    if (++runs === 5) enough.resolve();
    if (runs === 2) throw new Error('once');
  });
  stops.push(stop);
  await enough.promise;
  stop();
  await background.idle();
  const after = runs;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(runs).toBe(after);
  expect(signals).toEqual([
    { type: 'failure', where: 'reconciler', subject: 'timer', error: expect.stringMatching(/^Error at /) },
  ]);
});

test('what is left over is performed in the background, but not all of it at once', async () => {
  const background = new Background(() => {});
  const done: (() => void)[] = [];
  let begun = 0;
  const relay = inBackground(
    background,
    () => {
      begun++;
      return new Promise((resolve) => done.push(resolve));
    },
    3,
  );
  let taken = 0;
  for (let n = 0; n < 5; n++) void relay.handle({ flow: 'door', flowId: String(n) }).then(() => taken++);
  await turn();
  expect({ begun, taken }).toEqual({ begun: 3, taken: 3 });
  done.shift()?.();
  await turn();
  expect({ begun, taken }).toEqual({ begun: 4, taken: 4 });
  while (done.length > 0) {
    done.shift()?.();
    await turn();
  }
  await background.idle();
  expect({ begun, taken }).toEqual({ begun: 5, taken: 5 });
});
