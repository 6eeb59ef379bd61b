/** Events of other systems: what is taken, what is refused, what has to come again. */
import { describe, expect, test } from '@jest/globals';
import type { Answer, Delivery } from '../../core/delivery.ts';
import { DetentError } from '../../core/errors.ts';
import { createIntake, type Sources } from '../../core/intake.ts';
import type { Signal } from '../../core/ports.ts';
import { createEngine, door, FLOW, type Rules } from '../support/engine.ts';

const sources: Sources = { warehouse: { [FLOW]: ['Opened', 'Knocked'] }, other: { [FLOW]: [] } };
const rules: Rules = door;
const message = (change: object = {}, event: object = {}) =>
  JSON.stringify({
    flow: FLOW,
    flowId: 'd',
    event: { id: 'e-1', type: 'Opened', payload: {}, ...event },
    ...change,
  });

async function opened() {
  const engine = createEngine({ rules });
  const { deliver } = engine.deliverer;
  const { flow, signals } = engine;
  const intake = createIntake({
    deliver,
    flows: { [FLOW]: flow },
    sources,
    observe: (one) => void signals.push(one),
  });
  await engine.tell('d', 'Made');
  return { ...engine, intake };
}

test('an event is taken once, however often it comes', async () => {
  const { intake, record, close } = await opened();
  for (let n = 0; n < 3; n++) expect(await intake('warehouse', message())).toBe('done');
  expect(await record('d')).toMatchObject({ state: 'Open', version: 2 });
  expect((await record('d'))?.trail.at(-1)?.eventId).toBe('warehouse/e-1');
  close();
});

test('one that comes too late is told to, and changes nothing', async () => {
  const { intake, record, close } = await opened();
  await intake('warehouse', message());
  expect(await intake('warehouse', message({}, { id: 'e-2' }))).toBe('late');
  expect(await record('d')).toMatchObject({ version: 2 });
  close();
});

test('each source has ids of its own', async () => {
  const { intake, record, tell, close } = await opened();
  await tell('d', 'Knocked', {}, 'e-1');
  expect(await intake('warehouse', message())).toBe('done');
  expect(await record('d')).toMatchObject({ state: 'Open' });
  close();
});

describe('what can never be taken is refused, and nothing is written', () => {
  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['a text', '"x"'],
    ['more than a message', message({ source: 'warehouse' })],
    ['no flow', message({ flow: undefined })],
    ['no instance', message({ flowId: '' })],
    ['a long instance', message({ flowId: 'x'.repeat(256) })],
    ['no event', message({ event: undefined })],
    ['an event with more', message({}, { at: '2026-01-01T00:00:00.000Z' })],
    ['no id', message({}, { id: '' })],
    ['an id that is no text', message({}, { id: 7 })],
    ['no type', message({}, { type: undefined })],
    ['a payload that is no object', message({}, { payload: [] })],
    ['another flow', message({ flow: 'payment' })],
    ['a flow of the language', message({ flow: 'constructor' })],
    ['an event that it may not report', message({}, { type: 'Broken' })],
    ['the passing of a deadline', message({}, { type: 'DeadlinePassed' })],
    ['an unknown instance', message({ flowId: 'nobody' })],
  ])('%s', async (_what, text) => {
    const { intake, record, signals, close } = await opened();
    const before = await record('d');
    expect(await intake('warehouse', text)).toBe('refused');
    expect(await record('d')).toEqual(before);
    const failures = signals.filter(({ type }) => type === 'failure') as { error: string; subject: string }[];
    expect(failures).toMatchObject([{ where: 'intake', subject: 'warehouse' }]);
    // What was sent is quoted nowhere.
    expect(failures[0]?.error).not.toMatch(/nobody|e-1|xxx/);
    close();
  });

  test.each(['other', 'stranger', '__proto__', 'constructor'])('from %s', async (source) => {
    const { intake, record, close } = await opened();
    expect(await intake(source, message())).toBe('refused');
    expect(await record('d')).toMatchObject({ version: 1 });
    close();
  });

  test('another event under a known id', async () => {
    const { intake, close } = await opened();
    await intake('warehouse', message());
    expect(await intake('warehouse', message({}, { payload: { other: true } }))).toBe('refused');
    close();
  });
});

describe('what is to come again', () => {
  const signals: Signal[] = [];
  const answering = (answer: () => Promise<Partial<Answer>>) =>
    createIntake({
      ...{ sources, observe: (one) => void signals.push(one) },
      deliver: (_delivery: Delivery) => answer() as Promise<Answer>,
      flows: { [FLOW]: createEngine({ rules }).flow },
    });

  test.each<[string, () => Promise<object>, string]>([
    ['a service is down', async () => ({ status: 'unavailable', reason: 'x' }), 'again'],
    ['others were faster', async () => ({ status: 'conflict', state: 'x' }), 'again'],
    ['too many wait', async () => ({ status: 'rejected', reason: 'TooManyDeferred', record: {} }), 'again'],
    ['a fault of ours', async () => Promise.reject(new DetentError('misconfigured', 'x')), 'again'],
    ['a foreign error', async () => Promise.reject(new TypeError('x')), 'again'],
    ['it is too large', async () => Promise.reject(new DetentError('too-large', 'x')), 'refused'],
    ['it is deferred', async () => ({ status: 'deferred' }), 'done'],
    ['it would create nothing', async () => ({ status: 'rejected', reason: 'x' }), 'refused'],
  ])('%s', async (_what, answer, taken) => {
    expect(await answering(answer)('warehouse', message())).toBe(taken);
  });
});
