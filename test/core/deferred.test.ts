import { describe, expect, test } from '@jest/globals';
import { defer, engines, go, type Rule, type Rules } from '../support/engine.ts';

const { start, engine } = engines();

const note: Rule = ({ flow, event, step }) => ({
  state: flow.state,
  step: { ...step, data: { ...step.data, log: `${step.data['log'] ?? ''}${event.payload['mark']}` } },
});

/** Busy postpones Work and Stop; Ready takes Work; Stopped takes neither. */
const rules: Rules = [
  ['New', 'Made', go('Busy', { data: { log: '' } }, { deadlineSeconds: 60 })],
  ['Busy', 'Work', defer],
  ['Busy', 'Stop', defer],
  ['Busy', 'Pause', go('Asleep', {}, { deadlineSeconds: 60 })],
  ['Busy', 'Done', go('Ready', {}, { deadlineSeconds: 60 })],
  ['Asleep', 'Work', defer],
  ['Asleep', 'Stop', go('Stopped', {}, { final: true })],
  ['Asleep', 'Done', go('Ready', {}, { deadlineSeconds: 60 })],
  ['Ready', 'Work', note],
  ['Ready', 'Stop', go('Stopped', {}, { final: true })],
  ['Ready', 'Read', note],
];

const trail = async (id: string) =>
  (await engine().record(id))?.trail.map((one) => [one.type, one.answer.status, one.to]);

describe('an event that the state postpones', () => {
  test('is kept in the record, in a transition to the same state', async () => {
    const { tell, record, entries } = start({ rules });
    await tell('d', 'Made');
    expect(await tell('d', 'Work', { mark: 'a' }, 'w1')).toMatchObject({
      status: 'deferred',
      state: 'Busy',
      version: 2,
    });
    expect(await record('d')).toMatchObject({
      state: 'Busy',
      version: 2,
      deferred: [{ event: { id: 'w1', type: 'Work', payload: { mark: 'a' } }, due: false }],
    });
    expect(await entries('d')).toHaveLength(2);
  });

  test('is delivered after the next change of state, in order of arrival', async () => {
    const { tell, record } = start({ rules });
    await tell('d', 'Made');
    for (const mark of ['a', 'b', 'c']) await tell('d', 'Work', { mark });
    expect(await tell('d', 'Done')).toMatchObject({ status: 'applied', state: 'Ready', version: 5 });
    expect(await record('d')).toMatchObject({ version: 8, deferred: [], data: { log: 'abc' } });
  });

  test('goes before any newer event, even where the drain was interrupted', async () => {
    let down = false;
    const flaky: Rules = rules.map(([state, event, rule]) => [
      state,
      event,
      (input) => (down && event === 'Work' ? { unavailable: { reason: 'down' } } : rule(input)),
    ]);
    const { tell, record } = start({ rules: flaky });
    await tell('d', 'Made');
    await tell('d', 'Work', { mark: 'a' });
    down = true;
    await tell('d', 'Done');
    expect(await record('d')).toMatchObject({ state: 'Ready', deferred: [{ due: true }] });
    expect(await tell('d', 'Read', { mark: 'z' }, 'r')).toEqual({ status: 'unavailable', reason: 'down' });
    down = false;
    expect(await tell('d', 'Read', { mark: 'z' }, 'r')).toMatchObject({
      status: 'applied',
      view: { log: 'az' },
    });
  });

  test('is re-driven by the reconciler, at once', async () => {
    let down = true;
    const flaky: Rules = rules.map(([state, event, rule]) => [
      state,
      event,
      (input) => (down && state === 'Ready' ? { unavailable: { reason: 'down' } } : rule(input)),
    ]);
    const { tell, record, reconcile } = start({ rules: flaky });
    await tell('d', 'Made');
    await tell('d', 'Work', { mark: 'a' });
    await tell('d', 'Done');
    down = false;
    expect(await reconcile()).toMatchObject({ records: 1, failures: 0 });
    expect(await record('d')).toMatchObject({ deferred: [], data: { log: 'a' } });
  });

  test('waits on where the new state postpones it as well, and does not hold up those behind it', async () => {
    const { tell, record } = start({ rules });
    await tell('d', 'Made');
    await tell('d', 'Work', { mark: 'a' }, 'w');
    await tell('d', 'Pause');
    expect(await record('d')).toMatchObject({
      state: 'Asleep',
      deferred: [{ event: { id: 'w' }, due: false }],
    });
    await tell('d', 'Stop');
    expect(await record('d')).toMatchObject({ state: 'Stopped', deferred: [] });
  });

  test('is dropped by name in the commit whose state rejects it', async () => {
    const { tell, record, entries } = start({ rules });
    await tell('d', 'Made');
    await tell('d', 'Stop', {}, 's');
    await tell('d', 'Work', { mark: 'a' }, 'w');
    await tell('d', 'Done');
    expect(await record('d')).toMatchObject({ state: 'Stopped', deferred: [], data: { log: '' } });
    const last = (await entries('d')).at(-1);
    expect(last).toMatchObject({
      to: 'Stopped',
      deferred: { taken: 's', dropped: [{ id: 'w', type: 'Work' }] },
    });
  });

  test('is dropped by name in the trail, where entries are no journal', async () => {
    const { tell, record, entries } = start({ rules, persistence: 'outbox' });
    await tell('d', 'Made');
    await tell('d', 'Stop', {}, 's');
    await tell('d', 'Work', { mark: 'a' }, 'w');
    await tell('d', 'Done');
    expect(await entries('d')).toEqual([]);
    expect((await record('d'))?.trail.at(-1)).toMatchObject({
      ...{ eventId: 's', to: 'Stopped', dropped: [{ id: 'w', type: 'Work' }] },
    });
  });

  test('that turns out not to be allowed is dropped by name, and the queue goes on', async () => {
    const picky: Rules = rules.map(([state, event, rule]) => [
      state,
      event,
      (input) =>
        state === 'Ready' && input.event.payload['mark'] === 'bad'
          ? { rejected: { reason: 'Bad' } }
          : rule(input),
    ]);
    const { tell, record, entries } = start({ rules: picky });
    await tell('d', 'Made');
    await tell('d', 'Work', { mark: 'bad' }, 'w1');
    await tell('d', 'Work', { mark: 'b' }, 'w2');
    await tell('d', 'Done');
    expect(await record('d')).toMatchObject({ deferred: [], data: { log: 'b' } });
    expect((await entries('d'))[4]).toMatchObject({
      deferred: { taken: 'w1', dropped: [{ id: 'w1', type: 'Work' }] },
    });
  });

  test('is applied once, however often it is delivered', async () => {
    const { tell, record } = start({ rules });
    await tell('d', 'Made');
    await tell('d', 'Work', { mark: 'a' }, 'w');
    expect(await tell('d', 'Work', { mark: 'a' }, 'w')).toMatchObject({ status: 'deferred', replayed: true });
    expect(await tell('d', 'Work', { mark: 'x' }, 'w')).toEqual({ status: 'key-reused' });
    await tell('d', 'Done');
    // The first answer again, as to any repeated request.
    expect(await tell('d', 'Work', { mark: 'a' }, 'w')).toMatchObject({ status: 'deferred', replayed: true });
    expect(await record('d')).toMatchObject({ data: { log: 'a' } });
    expect(await trail('d')).toEqual([
      ['Made', 'applied', 'Busy'],
      ['Work', 'deferred', 'Busy'],
      ['Done', 'applied', 'Ready'],
      ['Work', 'applied', 'Ready'],
    ]);
  });

  test('is known from the queue even when the trail has forgotten it', async () => {
    const chatty: Rules = [...rules, ['Busy', 'Read', note]];
    const { tell } = start({ rules: chatty });
    await tell('d', 'Made');
    await tell('d', 'Work', { mark: 'a' }, 'w');
    for (let n = 0; n < 40; n++) await tell('d', 'Read', { mark: '.' });
    expect(await tell('d', 'Work', { mark: 'a' }, 'w')).toMatchObject({ status: 'deferred', replayed: true });
  });

  test('is refused when 128 wait already, unless it is our own', async () => {
    const { tell, record, deliverer, flow } = start({ rules });
    await tell('d', 'Made');
    for (let n = 0; n < 128; n++) await tell('d', 'Work', { mark: '.' });
    expect(await tell('d', 'Work', { mark: '.' })).toMatchObject({
      status: 'rejected',
      reason: 'TooManyDeferred',
    });
    const event = { id: 'own', type: 'Work', payload: { mark: '!' } };
    expect(await deliverer.deliver({ flow, flowId: 'd', event, origin: 'own' })).toMatchObject({
      status: 'deferred',
    });
    await tell('d', 'Done');
    expect((await record('d'))?.data['log']).toBe(`${'.'.repeat(128)}!`);
  });

  test('that can never be delivered does not hold up a deadline for ever', async () => {
    const poison: Rules = rules.map(([state, event, rule]) => [
      state,
      event,
      (input) => (state === 'Ready' && event === 'Work' ? { unavailable: { reason: 'down' } } : rule(input)),
    ]);
    const { tell, record, reconcile, clock } = start({
      rules: [...poison, ['Ready', 'DeadlinePassed', go('Stopped', {}, { final: true })]],
    });
    await tell('d', 'Made');
    await tell('d', 'Work', { mark: 'a' }, 'w');
    await tell('d', 'Done');
    clock.advance(30_000);
    expect(await reconcile()).toMatchObject({ records: 1, failures: 1 });
    expect(await record('d')).toMatchObject({ state: 'Ready' });
    clock.advance(30_000);
    expect(await reconcile()).toMatchObject({ records: 1, failures: 0 });
    expect(await record('d')).toMatchObject({ state: 'Stopped', deferred: [] });
  });
});
