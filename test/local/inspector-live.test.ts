/** Pages are told what changes as it changes; they cost nothing where there are none, and hold up nothing. */
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Hono } from 'hono';
import { systemRandomness } from '../../adapters/system.ts';
import { createApi } from '../../api/app.ts';
import { type Listener, Live } from '../../local/inspector/live.ts';
import { inspectorRoutes } from '../../local/inspector/routes.ts';
import type { ChangeNotice, CountersView } from '../../local/inspector/views.ts';
import { type Listening, listen } from '../../local/server.ts';
import { demoUser } from '../../local/users.ts';
import { eventually, expectProblem, type Http, openHttp } from '../support/http.ts';
import { processes } from '../support/process.ts';
import { seed } from '../support/seed.ts';
import { temporaryFolder } from '../support/tables.ts';

type Told = { event: string; data: unknown } | 'beat';

/** The events in a piece of a stream. */
const parsed = (text: string): Told[] =>
  text
    .split('\n\n')
    .filter((part) => part !== '')
    .map((part) => {
      if (part === ':') return 'beat';
      const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
      return { event, data: JSON.parse(data) };
    });

const changesIn = (told: Told[]) =>
  told.flatMap((one) => (one !== 'beat' && one.event === 'change' ? [one.data as ChangeNotice] : []));

describe('without a process', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  let live: Live;
  let transitions = 0;
  let change: ((pk: string, record?: { state: string; version: number }) => void) | undefined;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    transitions = 0;
    live = new Live(
      () => ({ transitions }) as CountersView,
      (watcher) => {
        change = watcher && ((pk, record) => watcher(pk, record));
      },
    );
  });
  afterEach(() => {
    live.close();
    jest.useRealTimers();
  });

  /** A page that takes what it is given when it is let. */
  function page() {
    const told: Told[] = [];
    const ended: string[] = [];
    let release: (() => void) | undefined;
    let isHeld = false;
    const listener: Listener = {
      async write(text) {
        told.push(...parsed(text));
        if (isHeld) await new Promise<void>((resolve) => (release = resolve));
      },
      end: (why) => void ended.push(why),
    };
    const hold = () => {
      isHeld = true;
    };
    const letGo = () => {
      isHeld = false;
      release?.();
    };
    return { told, ended, listener, hold, letGo, remove: live.add(listener) };
  }

  test('as long as there is no page, nobody watches', () => {
    expect(change).toBeUndefined();
    const [one, other] = [page(), page()];
    expect(change).toBeDefined();
    one.remove();
    expect(change).toBeDefined();
    other.remove();
    other.remove();
    expect(change).toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });

  test('first the counters, then each instance once a turn: the newest, with what is known of its record', async () => {
    const { told } = page();
    expect(told).toEqual([{ event: 'counters', data: { transitions: 0 } }]);
    told.length = 0;
    change?.('door#a', { state: 'Open', version: 1 });
    change?.('door#b#c');
    change?.('door#a');
    change?.('door#a', { state: 'Closed', version: 2 });
    expect(told).toEqual([]);
    await turn();
    expect(changesIn(told)).toEqual([
      { flow: 'door', id: 'a', state: 'Closed', version: 2 },
      { flow: 'door', id: 'b#c' },
    ]);
    change?.('door#a');
    await turn();
    expect(changesIn(told).at(-1)).toEqual({ flow: 'door', id: 'a' });
  });

  test('the counters at most twice a second, and only where they have changed', async () => {
    const { told } = page();
    await turn();
    told.length = 0;
    jest.advanceTimersByTime(2_000);
    expect(told).toEqual([]);
    for (let n = 0; n < 10; n++) {
      transitions++;
      jest.advanceTimersByTime(100);
      await turn();
    }
    expect(told).toEqual([
      { event: 'counters', data: { transitions: 5 } },
      { event: 'counters', data: { transitions: 10 } },
    ]);
  });

  test('a sign of life every fifteen seconds', async () => {
    const { told } = page();
    await turn();
    told.length = 0;
    jest.advanceTimersByTime(14_999);
    await turn();
    expect(told).toEqual([]);
    jest.advanceTimersByTime(1);
    await turn();
    jest.advanceTimersByTime(15_000);
    expect(told).toEqual(['beat', 'beat']);
  });

  test('what comes while a page is busy waits for it, the newest of each instance', async () => {
    const { told, hold, letGo } = page();
    await turn();
    hold();
    change?.('door#a', { state: 'Open', version: 1 });
    await turn();
    told.length = 0;
    for (let version = 2; version <= 50; version++) {
      change?.('door#a', { state: 'Open', version });
      await turn();
    }
    change?.('door#a');
    await turn();
    expect(told).toEqual([]);
    letGo();
    await turn();
    expect(changesIn(told)).toEqual([{ flow: 'door', id: 'a', state: 'Open', version: 50 }]);
  });

  test('one that does not keep up is let go, and the others are told all', async () => {
    const [slow, quick] = [page(), page()];
    await turn();
    slow.hold();
    change?.('door#first');
    await turn();
    for (let n = 0; n < 2_000; n++) {
      change?.(`door#i${n}`);
      if (n % 500 === 0) await turn();
    }
    await turn();
    expect(slow.ended).toEqual([]);
    change?.('door#last');
    await turn();
    expect([slow.ended, quick.ended]).toEqual([['slow'], []]);
    expect(changesIn(quick.told)).toHaveLength(2_002);
    slow.letGo();
    await turn();
    expect(changesIn(slow.told)).toHaveLength(1);
  });

  test('more than sixty-four pages at once find no room; at the end all are closed', () => {
    const pages = Array.from({ length: 63 }, page);
    expect(live.isFull).toBe(false);
    pages.push(page());
    expect(live.isFull).toBe(true);
    pages[0]?.remove();
    expect(live.isFull).toBe(false);
    live.close();
    expect(pages.map(({ ended }) => ended)).toEqual([[], ...Array(63).fill(['closed'])]);
    expect([live.isFull, change]).toEqual([true, undefined]);
  });
});

describe('over HTTP', () => {
  let http: Http;
  let server: Listening;
  let url: string;
  const stops: (() => void)[] = [];
  beforeEach(async () => {
    http = await openHttp();
    const { runtime } = http;
    const ports = { ...runtime, random: systemRandomness, sourceOf: () => 'x', mayPay: () => true };
    let app: Pick<Hono, 'fetch'> | undefined;
    const fetched = { fetch: (...asked: Parameters<Hono['fetch']>) => (app as Hono).fetch(...asked) };
    server = await listen(fetched, 0, '127.0.0.1', { graceMs: 3_000, workMs: 3_000 });
    app = createApi(ports, (more) => inspectorRoutes(more, { ...runtime, stopping: server.stopping }));
    url = `http://127.0.0.1:${server.port}`;
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) stop();
    await server.drain();
    await http.close();
  });

  /** Opens a stream, and gathers what it tells. */
  async function open() {
    const abort = new AbortController();
    stops.push(() => abort.abort());
    const { status, headers, body } = await fetch(`${url}/inspect/api/live`, { signal: abort.signal });
    const told: Told[] = [];
    let rest = '';
    const over = (async () => {
      for await (const piece of body ?? []) {
        rest += Buffer.from(piece).toString();
        const end = rest.lastIndexOf('\n\n') + 2;
        if (end < 2) continue;
        told.push(...parsed(rest.slice(0, end)));
        rest = rest.slice(end);
      }
      return 'ended' as const;
    })().catch(() => 'cut off' as const);
    return { status, headers, told, over, close: () => abort.abort() };
  }

  test('transitions, and what becomes of their effects', async () => {
    const { status, headers, told } = await open();
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const id = await http.begin();
    await eventually(
      async () => changesIn(told),
      // The transition; the claim; the mark.
      ({ length }) => length >= 3,
    );
    const changes = changesIn(told);
    expect(changes[0]).toEqual({ flow: 'mfa-login', id, state: 'WaitForOtpInput', version: 1 });
    for (const change of changes.slice(1)) expect(change).toEqual({ flow: 'mfa-login', id });
    const counters = await eventually(
      async () => told.filter((one) => one !== 'beat' && one.event === 'counters'),
      ({ length }) => length >= 2,
    );
    expect(counters.at(-1)).toMatchObject({ data: { transitions: 1, delivered: 1 } });
    expect(JSON.stringify(told)).not.toContain(demoUser.username);
  });

  test('a page that goes leaves its place to another', async () => {
    for (let round = 0; round < 3; round++) {
      const pages = await Promise.all(Array.from({ length: 60 }, open));
      expect(pages.map(({ status }) => status)).toEqual(Array(60).fill(200));
      for (const page of pages) page.close();
      await untilPages(0);
    }
  });

  test('so does one without a connection of its own', async () => {
    const response = await http.app.request('/inspect/api/live');
    expect(http.runtime.inspector.live.pages).toBe(1);
    await response.body?.cancel();
    await untilPages(0);
  });

  test('where there is no room, it says so', async () => {
    await Promise.all(Array.from({ length: 64 }, open));
    const reply = await http.get('/inspect/api/live');
    expectProblem(reply, 503, 'try-again', { retryAfter: true });
  });

  test('the head alone opens no stream', async () => {
    const response = await fetch(`${url}/inspect/api/live`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(http.runtime.inspector.live.pages).toBe(0);
  });

  const untilPages = (count: number) =>
    eventually(
      async () => http.runtime.inspector.live.pages,
      (pages) => pages === count,
    );

  /** A page that reads nothing of what it is told. */
  async function deaf(): Promise<void> {
    const socket: Socket = connect({ host: '127.0.0.1', port: server.port });
    stops.push(() => socket.destroy());
    socket.on('error', () => {});
    socket.write('GET /inspect/api/live HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.pause();
    await untilPages(1);
  }

  /** Changes of five hundred instances whose names are long: more at once than the buffers of many sockets hold. */
  const changeMany = (round: number) =>
    Promise.all(
      Array.from({ length: 500 }, (_, n) => {
        const key = { table: 'flows', pk: `mfa-login#${'x'.repeat(900)}${round}-${n}`, sk: 'entry#1' };
        return http.runtime.table.transact([{ op: 'put', key, item: {} }]);
      }),
    );

  test('one that does not read is cut off', async () => {
    await deaf();
    const { live } = http.runtime.inspector;
    for (let round = 0; live.pages > 0 && round < 100; round++) await changeMany(round);
    expect(live.pages).toBe(0);
    // Nothing is left of it, though it still does not read.
    const before = performance.now();
    await server.drain();
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  test('a stop ends all streams at once, and answers what else is under way', async () => {
    const pages = await Promise.all([open(), open(), open()]);
    const before = performance.now();
    await server.drain();
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(await Promise.all(pages.map(({ over }) => over))).toEqual(['ended', 'ended', 'ended']);
  });

  test('a stop does not wait for one that does not read', async () => {
    await deaf();
    // The same ones: there is never too much to tell.
    for (let round = 0; round < 30; round++) await changeMany(0);
    expect(http.runtime.inspector.live.pages).toBe(1);
    const before = performance.now();
    await server.drain();
    expect(performance.now() - before).toBeLessThan(1_500);
  });
});

describe('the process', () => {
  const start = processes();
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(async () => {
    folder = temporaryFolder();
    await seed(folder.path);
  });
  afterEach(() => folder.remove());

  test('SIGTERM ends it although pages are open, and a request under way is answered', async () => {
    const detent = await start(folder.path);
    const streams = await Promise.all([1, 2].map(() => fetch(`${detent.url}/inspect/api/live`)));
    const texts = streams.map((stream) => stream.text());
    // It takes as long as a password does.
    const login = detent.post('/logins', { username: demoUser.username, password: 'wrong' });
    await wait(50);
    const before = performance.now();
    const { code, stderr } = await detent.stop('SIGTERM');
    const took = performance.now() - before;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await login).toMatchObject({ status: 401 });
    for (const text of await Promise.all(texts)) expect(text).toContain('event: counters');
    // A second or two, for the sandboxes have to end; but a machine may have other work. A request would be waited for for a minute.
    expect(took).toBeLessThan(10_000);
  });
});
