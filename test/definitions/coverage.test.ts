import { afterEach, expect, test } from '@jest/globals';
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import type { Definition } from '../../core/definition.ts';
import type { DefinitionInput, Step } from '../../core/types.ts';
import { sound, spoiled } from './bad-examples.ts';
import { Coverage, waysThrough } from './coverage.ts';

type Work = () => Promise<Step>;

let stop = () => {};
afterEach(() => stop());

const step = (outcome: string): Step => ({
  ...{ data: {}, effects: [], facts: [], writes: [], reply: {} },
  outcome,
});
const says = (outcome: string) => async () => step(outcome);
const fails = async () => Promise.reject(new Error('down'));

/** The sound definition, without what only AWS has. */
const definition = spoiled({
  ...{ rule: '', what: '' },
  put: { 'States/Label/Parameters/execution.$': '$$.Execution.Input.flow.id' },
}) as unknown as Definition;

async function run(state: string, type: string, work: Work, version = 1): Promise<void> {
  const flow = { name: 'sample', id: 'one', state, version };
  const input: DefinitionInput = {
    flow,
    event: { id: '1', type, payload: {}, at: '' },
    now: '',
    step: step(''),
  };
  await createAslResolver({ sample: definition }, work, { retryPauseMs: 0 }).resolve('sample', input);
}

const watched = () => {
  const coverage = new Coverage(sound);
  stop = coverage.watch();
  return coverage;
};

test('without a run every way is missing', async () => {
  expect(watched().missing()).toEqual(waysThrough(sound));
  expect(waysThrough(sound)).toContain('Outcome rule 2 → Waiting');
});

test('a run takes the states, the rules, the retries and the catches that it came by, and no others', async () => {
  const coverage = watched();
  await run('New', 'Started', says('Worked'));
  await run('New', 'Started', fails);
  await run('New', 'Opened', fails);
  const missing = new Set(coverage.missing());
  expect(waysThrough(sound).filter((way) => !missing.has(way))).toEqual([
    'Route',
    'Route rule 1 → Work',
    'Route default → NotAllowed',
    'Work',
    'Work retries States.TaskFailed',
    'Work catches States.TaskFailed → Unavailable',
    'Outcome',
    'Outcome rule 1 → Label',
    'Label',
    'Waiting',
    'NotAllowed',
    'Unavailable',
  ]);
});

test('And, Not and numbers are compared as the language says', async () => {
  const coverage = watched();
  await run('New', 'Started', says('Else'), 8);
  expect(coverage.missing()).not.toContain('Outcome rule 2 → Waiting');
  expect(coverage.missing()).toContain('Outcome default → Done');
  await run('New', 'Started', says('Else'), 9);
  expect(coverage.missing()).not.toContain('Outcome default → Done');
});

test('two rules that lead to the same state are two ways', () => {
  const rule = (value: string) => ({ Variable: '$.step.outcome', StringEquals: value, Next: 'End' });
  const States = { Outcome: { Type: 'Choice', Choices: [rule('a'), rule('b')], Default: 'End' } };
  expect(waysThrough({ States })).toEqual([
    'Outcome',
    'Outcome rule 1 → End',
    'Outcome rule 2 → End',
    'Outcome default → End',
  ]);
});
