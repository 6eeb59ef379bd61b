/** The definition of the email confirmation with its real actions: every row of its table, every way through it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import validate from 'asl-validator';
import { rows } from '../../../../core/definition.ts';
import type { Answer } from '../../../../core/delivery.ts';
import { lint } from '../../../../test/definitions/asl-lint.ts';
import { Coverage } from '../../../../test/definitions/coverage.ts';
import { stableStates } from '../../../../test/definitions/rules/machine.ts';
import { emailConfirmation, emailConfirmationActions } from '../../flows/email-confirmation/index.ts';
import { emailConfirmationSettingsSchema } from '../../flows/email-confirmation/settings.ts';
import asl from '../../state-definitions/email-confirmation.asl.json' with { type: 'json' };
import { createScene, type Scene } from '../flows/email-confirmation.scene.ts';
import { final, reach, table, waiting } from './email-confirmation.table.ts';

const settings = emailConfirmationSettingsSchema.parse({});
const { definition } = emailConfirmation(settings);
const coverage = new Coverage(asl);
const outcomes = new Set<string>();
let stopWatching: () => void;
let scene: Scene;

beforeAll(() => {
  stopWatching = coverage.watch();
});
afterAll(() => stopWatching());
beforeEach(() => {
  scene = createScene();
});
afterEach(() => {
  for (const outcome of scene.outcomes) outcomes.add(outcome);
  scene.close();
});

test('is valid, and keeps to the part of the language that runs alike everywhere', () => {
  for (const one of [asl, definition]) {
    expect(validate(one).errorsText()).toBe('');
    expect(lint(one)).toEqual([]);
  }
});

test('has the states and the rows of the table, and no other', () => {
  const states = stableStates(asl).map(({ name }) => name);
  expect(states.sort()).toEqual([...waiting, ...final].sort());
  const ours = new Set(table.map(({ state, event }) => `${event} in ${state}`));
  expect(
    rows(definition)
      .map(({ state, event }) => `${event} in ${state}`)
      .sort(),
  ).toEqual([...ours].sort());
});

describe('a row of the table', () => {
  test.each(table)('$state, $event, $given → $to ($outcome)', async (row) => {
    await reach[row.state]?.(scene);
    await row.before?.(scene);
    const payload = typeof row.payload === 'function' ? await row.payload(scene) : row.payload;
    const before = await scene.record();
    expect(before?.state ?? 'New').toBe(row.state);

    const { flow, deliverer, tell } = scene;
    const answer = await (row.event === 'DeadlinePassed'
      ? deliverer.check(flow, 'one')
      : tell(row.event, payload));

    const record = await scene.record();
    const version = (before?.version ?? 0) + 1;
    if (row.to === 'rejected') {
      expect(answer).toMatchObject({ status: 'rejected', reason: row.outcome });
      expect(record).toEqual(before);
    } else {
      expect(answer).toMatchObject({ status: 'applied', state: row.to, outcome: row.outcome });
      expect(record).toMatchObject({ state: row.to, version });
    }
    const asked = (await scene.table.query('flows', `${flow.name}#one`, 'entry#')).filter(
      ({ item }) => item['version'] === version,
    );
    expect(asked).toHaveLength(row.mail ? 1 : 0);
  });
});

test.each([...waiting, ...final])('an event without a row is refused in %s', async (state) => {
  await reach[state]?.(scene);
  const before = await scene.record();
  expect(before?.state).toBe(state);
  const types = [...new Set(table.map(({ event }) => event)), 'Unknown', '', '__proto__'];
  for (const type of types.filter((one) => !table.some((row) => row.state === state && row.event === one)))
    expect(await scene.tell(type)).toMatchObject({ status: 'rejected', reason: 'NotAllowed' });
  expect(await scene.record()).toEqual(before);
});

describe('an action that fails or hangs: nothing is written', () => {
  const tasks: [action: string, state: string, event: string][] = [
    ['SendEmailConfirmation', 'New', 'ConfirmationRequested'],
    ['ResendEmailConfirmation', 'WaitForConfirmation', 'ResendRequested'],
    ['CheckEmailConfirmation', 'WaitForConfirmation', 'TokenSubmitted'],
  ];

  test.each(tasks)('%s in %s, %s', async (action, state, event) => {
    await reach[state]?.(scene);
    const before = await scene.record();
    scene.fail(action, 'throws');
    expect(await scene.tell(event)).toEqual({ status: 'unavailable', reason: 'ActionFailed' });
    scene.fail(action, 'hangs');
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
    try {
      let answer: Answer | undefined;
      const told = scene.tell(event).then((one) => {
        answer = one;
      });
      while (!answer) await jest.advanceTimersByTimeAsync(1_000);
      await told;
      expect(answer).toEqual({ status: 'unavailable', reason: 'ActionFailed' });
    } finally {
      jest.useRealTimers();
    }
    expect(await scene.record()).toEqual(before);
  });
});

test('all of it has been entered, and every outcome seen', async () => {
  expect(coverage.missing()).toEqual([]);
  const declared = emailConfirmationActions(settings).flatMap((action) => action.outcomes);
  expect([...outcomes].sort()).toEqual([...new Set(declared)].sort());
});
