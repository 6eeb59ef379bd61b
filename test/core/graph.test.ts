import { describe, expect, test } from '@jest/globals';
import type { ChoiceRule, Definition, DefinitionState } from '../../core/definition.ts';
import { type GraphEdge, graphOf } from '../../core/graph.ts';
import { flowNames, flowSettings, flowsOf } from '../../flows/index.ts';
import { table as checkout } from '../definitions/checkout.table.ts';
import { table as login } from '../definitions/mfa-login.table.ts';
import { table as payment } from '../definitions/payment.table.ts';
import { stableStates } from '../definitions/rules/machine.ts';
import type { Story } from '../simulation/checks/story.ts';
import { edges as check } from '../simulation/checks/transitions.ts';

const flows = flowsOf(flowSettings());
/** A new flow needs no table here to begin with. */
const tables: { [flow: string]: { state: string; event: string; to: string }[] } = {
  'mfa-login': login,
  ...{ payment, checkout },
};
const nowhere = ['rejected', 'deferred', 'unavailable'];

describe.each(flowNames)('the graph of %s', (name) => {
  const flow = flows[name];
  const { states, edges } = graphOf(flow.definition);

  test('has all stable states, in the order of the definition', () => {
    const stable = stableStates(JSON.parse(JSON.stringify(flow.definition)));
    expect(states).toEqual(
      stable.map(({ name, output }) => ({
        ...{ name, final: output['final'] === true },
        ...(typeof output['deadlineSeconds'] === 'number' && { deadlineSeconds: output['deadlineSeconds'] }),
      })),
    );
  });

  test('has an edge for every row of the table that leads somewhere', () => {
    const missing = (tables[name] ?? [])
      .filter(({ to }) => !nowhere.includes(to))
      .filter(({ state, event, to }) => !edges.some((edge) => isWay(edge, state, event, to)));
    expect(missing).toEqual([]);
  });

  test('has no edge that the simulation would not take for one', () => {
    const moves = edges.flatMap(({ from, to, ways }) => ways.map(({ event }) => move(from, event, to)));
    const story = (...one: object[]) => ({ flow, moves: one }) as unknown as Story;
    expect(moves.length).toBeGreaterThanOrEqual(edges.length);
    expect(check(story(...moves))).toEqual([]);
    // The check is awake.
    expect(check(story(move('New', 'NoSuchEvent', states[0]?.name ?? '')))).toHaveLength(1);
  });

  test('has each edge once, and each way of an edge once', () => {
    const pairs = edges.map(({ from, to }) => `${from} ${to}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    for (const { ways } of edges) {
      expect(ways.length).toBeGreaterThan(0);
      expect(new Set(ways.map((way) => JSON.stringify(way))).size).toBe(ways.length);
    }
  });
});

const isWay = (edge: GraphEdge, from: string, event: string, to: string) =>
  edge.from === from && edge.to === to && edge.ways.some((way) => way.event === event);

const move = (from: string, type: string, to: string) => ({
  ...{ before: from === 'New' ? undefined : { state: from }, record: { state: to } },
  last: { version: 1, eventId: 'e', type, from, to, answer: { status: 'applied' } },
});

test('what the login is', () => {
  const { states, edges } = graphOf(flows['mfa-login'].definition);
  expect(states.slice(0, 3)).toEqual([
    { name: 'WaitForOtpInput', final: false, deadlineSeconds: 300 },
    { name: 'LoggedIn', final: false, deadlineSeconds: 900 },
    { name: 'LoggedOut', final: true },
  ]);
  expect(edges[0]).toEqual({
    ...{ from: 'New', to: 'WaitForOtpInput' },
    ways: [
      { event: 'LoginRequested', outcomes: ['PasswordAccepted', 'OtpSent'] },
      { event: 'LoginRequested', outcomes: ['PasswordAccepted', 'SmsSuperseded'] },
    ],
  });
});

describe('a made-up definition', () => {
  const when = (variable: string, value: string) => ({ Variable: `$.${variable}`, StringEquals: value });
  const row = (state: string, event: string, Next: string) => ({
    And: [when('flow.state', state), when('event.type', event)],
    Next,
  });
  const rest = (state: string, more: object = { final: true }): DefinitionState => ({
    ...{ Type: 'Pass', End: true, Parameters: { state, 'step.$': '$.step', ...more } },
  });
  const choice = (Default: string, ...Choices: ChoiceRule[]): DefinitionState => ({
    ...{ Type: 'Choice', Choices, Default },
  });
  const edgesOf = (rows: ChoiceRule[], more: { [name: string]: DefinitionState }) =>
    graphOf(made(rows, more)).edges.map(
      ({ from, to, ways }) =>
        `${from} → ${to}: ${ways.map(({ event, outcomes }) => [event, ...outcomes].join(' ')).join(', ')}`,
    );
  const made = (rows: ChoiceRule[], more: { [name: string]: DefinitionState }): Definition => ({
    StartAt: 'Route',
    States: {
      Route: choice('No', ...rows),
      No: { Type: 'Pass', End: true, Parameters: { rejected: { reason: 'No' } } },
      Waiting: rest('Waiting', { deadlineSeconds: 60 }),
      Asking: rest('Asking', { 'deadlineSeconds.$': '$.step.data.waitSeconds' }),
      Resting: rest('Resting', { deadlineSeconds: '${RestingSeconds}' }),
      Done: rest('Done'),
      ...more,
    },
  });

  test('has its states though nothing leads to them, with deadlines that are numbers', () => {
    expect(graphOf(made([], {}))).toEqual({
      states: [
        { name: 'Waiting', final: false, deadlineSeconds: 60 },
        { name: 'Asking', final: false },
        { name: 'Resting', final: false },
        { name: 'Done', final: true },
      ],
      edges: [],
    });
  });

  test('has a way once, though two branches lead there by it', () => {
    const Twice = choice('Done', when('step.outcome', 'Well'), when('step.outcome', 'Well'));
    const both = { ...Twice, Choices: Twice.Choices?.map((rule) => ({ ...rule, Next: 'Done' })) ?? [] };
    expect(edgesOf([row('New', 'Begun', 'Twice')], { Twice: both })).toEqual([
      'New → Done: Begun Well, Begun otherwise',
    ]);
  });

  test('follows what the state and the event decide, and every branch of what they do not', () => {
    const Which = choice(
      'No',
      { ...when('step.outcome', 'Early'), Next: 'Waiting' },
      { ...when('flow.state', 'Asking'), Next: 'Asking' },
      { And: [when('event.type', 'Told'), when('step.outcome', 'Well')], Next: 'Done' },
      { And: [when('event.type', 'Begun'), when('flow.state', 'New')], Next: 'Waiting' },
    );
    const rows = [
      row('New', 'Begun', 'Which'),
      row('Asking', 'Told', 'Which'),
      row('Waiting', 'Told', 'Which'),
    ];
    expect(edgesOf(rows, { Which })).toEqual([
      'New → Waiting: Begun Early, Begun otherwise',
      'Asking → Waiting: Told Early',
      'Asking → Asking: Told otherwise',
      'Waiting → Waiting: Told Early',
      'Waiting → Done: Told Well',
    ]);
  });

  test('that goes in circles comes to an end', () => {
    const Round = choice('Round', { ...when('step.outcome', 'Well'), Next: 'Done' });
    expect(graphOf(made([row('New', 'Begun', 'Round')], { Round })).edges).toHaveLength(1);
  });
});
