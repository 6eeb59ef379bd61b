import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { coalesced } from '../../client/common/coalesced.ts';
import { type Hearer, Live, type Source } from '../../client/common/live.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A connection that the test speaks for. */
class Said implements Source {
  readonly #listeners = new Map<string, (event: { data?: unknown }) => void>();
  isClosed = false;
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }
  close(): void {
    this.isClosed = true;
  }
  say(type: string, data?: object): void {
    this.#listeners.get(type)?.({ data: JSON.stringify(data) });
  }
}

function world() {
  const opened: Said[] = [];
  const seen = { isHidden: false, listeners: new Set<() => void>() };
  const live = new Live(
    () => {
      const source = new Said();
      opened.push(source);
      return source;
    },
    {
      isHidden: () => seen.isHidden,
      onChange(listener) {
        seen.listeners.add(listener);
        return () => seen.listeners.delete(listener);
      },
    },
  );
  const hide = (isHidden: boolean) => {
    seen.isHidden = isHidden;
    for (const listener of seen.listeners) listener();
  };
  const heard: unknown[] = [];
  const hearer: Hearer = {
    change: (notice) => heard.push(notice),
    counters: (counters) => heard.push(counters),
    connection: (connection) => heard.push(connection),
    open: () => heard.push('open'),
  };
  return { live, opened, heard, hearer, hide, seen, last: () => opened.at(-1) as Said };
}

test('one connection tells all who listen, and ends with the last of them', () => {
  const { live, opened, heard, hearer, last } = world();
  const ends = [live.hear(hearer), live.hear({ change: (notice) => heard.push(['other', notice]) })];
  last().say('open');
  last().say('change', { flow: 'one', id: 'a' });
  last().say('counters', { transitions: 1 });
  expect(heard).toEqual([
    ...['live', 'open', { flow: 'one', id: 'a' }],
    ...[['other', { flow: 'one', id: 'a' }], { transitions: 1 }],
  ]);
  expect(live.counters).toEqual({ transitions: 1 });
  ends[0]?.();
  expect(last().isClosed).toBe(false);
  ends[1]?.();
  expect(last().isClosed).toBe(true);
  jest.runAllTimers();
  expect(opened).toHaveLength(1);
});

test('where it breaks it says so, tries again until it stands, and says that too', () => {
  const { live, opened, heard, hearer, last } = world();
  live.hear(hearer);
  last().say('open');
  last().say('error');
  expect(last().isClosed).toBe(true);
  jest.advanceTimersByTime(1_000);
  last().say('error');
  jest.advanceTimersByTime(1_000);
  expect(opened).toHaveLength(3);
  last().say('open');
  expect(heard).toEqual(['live', 'open', 'away', 'live', 'open']);
});

test('a hidden page gives its connection up in silence, and is connected as soon as it is seen', () => {
  const { live, opened, heard, hearer, hide, last } = world();
  live.hear(hearer);
  last().say('open');
  hide(true);
  jest.advanceTimersByTime(500);
  expect(last().isClosed).toBe(false);
  jest.advanceTimersByTime(10_000);
  expect([last().isClosed, opened.length, live.connection]).toEqual([true, 1, 'live']);
  hide(false);
  expect(opened).toHaveLength(2);
  last().say('open');
  expect(heard).toEqual(['live', 'open', 'open']);
});

test('who only looks away stays connected', () => {
  const { live, opened, hearer, hide, last } = world();
  live.hear(hearer);
  hide(true);
  hide(false);
  jest.runAllTimers();
  expect([opened.length, last().isClosed]).toEqual([1, false]);
});

test('a hidden page does not say that the connection broke, and tries none', () => {
  const { live, opened, heard, hearer, hide, last } = world();
  live.hear(hearer);
  last().say('open');
  hide(true);
  last().say('error');
  jest.runAllTimers();
  expect([opened.length, heard]).toEqual([1, ['live', 'open']]);
  hide(false);
  last().say('error');
  hide(true);
  jest.runAllTimers();
  expect([opened.length, heard]).toEqual([2, ['live', 'open', 'away']]);
  hide(false);
  expect(opened).toHaveLength(3);
});

test('a page that is opened hidden connects when it is seen, unless nobody listens any more', () => {
  const { live, opened, hearer, hide, seen } = world();
  hide(true);
  const end = live.hear(hearer);
  jest.runAllTimers();
  expect(opened).toHaveLength(0);
  hide(false);
  expect(opened).toHaveLength(1);
  end();
  expect(seen.listeners.size).toBe(0);
});

test('nobody who has left is told', () => {
  const { live, heard, hearer, last } = world();
  live.hear({});
  live.hear(hearer)();
  last().say('open');
  expect(heard).toEqual([]);
});

test('many calls run at once, and once more when they are over', async () => {
  let runs = 0;
  const look = coalesced(async () => void runs++, 500);
  for (let call = 0; call < 100; call++) look();
  expect(runs).toBe(1);
  await jest.advanceTimersByTimeAsync(499);
  expect(runs).toBe(1);
  await jest.advanceTimersByTimeAsync(1);
  expect(runs).toBe(2);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(runs).toBe(2);
  look();
  expect(runs).toBe(3);
});

test('no two run at the same time, however long one takes', async () => {
  let running = 0;
  let most = 0;
  const look = coalesced(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    running--;
  }, 500);
  look();
  await jest.advanceTimersByTimeAsync(1_000);
  look();
  await jest.advanceTimersByTimeAsync(10_000);
  expect([most, running]).toEqual([1, 0]);
});

test('stopped, it runs no more', async () => {
  let runs = 0;
  const look = coalesced(async () => void runs++, 500);
  look();
  look();
  look.stop();
  look();
  await jest.advanceTimersByTimeAsync(5_000);
  expect(runs).toBe(1);
});
