/** The form of a whole definition: one Route, stable states as last Passes, four kinds of output. */
import type { JsonObject } from '../../../core/types.ts';
import migrations from '../../../state-definitions/migrations.json' with { type: 'json' };
import { each, isObject, objects, states, TOP, when } from '../asl-walk.ts';

/** The states in which an instance may rest: last Passes that say `state`. */
export const stableStates = (definition: JsonObject) =>
  states(definition, 'Pass').flatMap(({ name, fields: { Parameters: output } }) =>
    isObject(output) && ('state' in output || 'state.$' in output) ? [{ name, output }] : [],
  );

/** States of before, in which instances may rest until they have been moved: so long Route keeps their rows. */
const renamed = Object.values<{ from: string }[]>(migrations).flatMap((all) => all.map(({ from }) => from));

/** The rows of Route; a pair where a rule is one of state and event. */
function routes(definition: JsonObject) {
  const route = states(definition).find(({ name }) => name === 'Route');
  return objects(route?.fields['Choices']).map((rule) => {
    const both = objects(rule['And']);
    const value = (variable: string) => both.find(({ Variable }) => Variable === variable)?.['StringEquals'];
    const [state, event] = [value('$.flow.state'), value('$.event.type')];
    const plain = both.every((one) => Object.keys(one).sort().join() === 'StringEquals,Variable');
    const pair = both.length === 2 && plain && typeof state === 'string' && typeof event === 'string';
    const others = Object.keys(rule).filter((field) => !['And', 'Next', 'Comment'].includes(field));
    return pair && others.length === 0 ? { state: String(state), event: String(event) } : undefined;
  });
}

const used = ['Choice', 'Task', 'Pass'];
/** These have rules of their own. */
const ends = ['Fail', 'Succeed'];
const fields: { [type: string]: string[] } = {
  Choice: ['Choices', 'Default'],
  Task: [
    'Resource',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'TimeoutSeconds',
    'Retry',
    'Catch',
    'Next',
    'End',
  ],
  Pass: ['Parameters', 'ResultPath', 'Next', 'End'],
};
const fieldsWithRules = ['Result', 'ErrorPath', 'CausePath', 'TimeoutSecondsPath', 'QueryLanguage'];

const reasoned = (value: unknown) => isObject(value) && ('reason' in value || 'reason.$' in value);

function isOutput(output: JsonObject): boolean {
  const names = Object.keys(output).map((field) => field.replace(/\.\$$/, ''));
  if (names.includes('state')) {
    return (
      names.includes('step') &&
      names.every((name) => ['state', 'step', 'deadlineSeconds', 'final'].includes(name))
    );
  }
  const [only] = names;
  if (names.length !== 1) return false;
  return only === 'deferred'
    ? output['deferred'] === true
    : reasoned(output['rejected'] ?? output['unavailable']);
}

export const machineRules = {
  route: (definition: JsonObject) => {
    const rows = routes(definition);
    const keys = rows.map((row) => row && `${row.event} in ${row.state}`);
    const isRoute =
      definition['StartAt'] === 'Route' && states(definition, 'Choice').some(({ name }) => name === 'Route');
    const doubled = keys.filter((key, index) => key !== undefined && keys.indexOf(key) < index);
    return [
      ...when(!isRoute, 'StartAt must be a Choice named Route').map((message) => ({ state: TOP, message })),
      ...[
        ...when(
          keys.includes(undefined),
          'every rule is a pair of $.flow.state and $.event.type, both StringEquals',
        ),
        ...doubled.map((key) => `${key} has two rows: the second is never reached`),
      ].map((message) => ({ state: 'Route', message })),
    ];
  },

  'route-states': (definition: JsonObject) => {
    const known = ['New', ...stableStates(definition).map(({ name }) => name), ...renamed];
    return routes(definition)
      .filter((row) => row && !known.includes(row.state))
      .map((row) => ({
        state: 'Route',
        message: `${row?.state} is no stable state, so nothing can happen in it`,
      }));
  },

  'state-types': each(undefined, ({ type }) =>
    when(![...used, ...ends].includes(type), `${type}: the states in use are ${used.join(', ')}`),
  ),

  'state-fields': each(undefined, ({ type, fields: given }) => {
    const known = ['Type', 'Comment', ...fieldsWithRules, ...(fields[type] ?? Object.keys(given))];
    return Object.keys(given)
      .filter((field) => !known.includes(field))
      .map((field) => `${field} is not used in a ${type}`);
  }),

  'ends-in-pass': each(undefined, ({ type, fields: { End } }) =>
    when(type === 'Succeed' || (End === true && type !== 'Pass'), 'a definition always ends in a Pass'),
  ),

  output: each('Pass', ({ fields: { End, Parameters } }) =>
    when(
      End === true && isObject(Parameters) && Object.keys(Parameters).length > 0 && !isOutput(Parameters),
      'a last Pass gives a transition, deferred, rejected or unavailable',
    ),
  ),

  'stable-state': (definition: JsonObject) =>
    stableStates(definition).flatMap(({ name, output }) =>
      when(
        output['state'] !== name ||
          states(definition).some((one) => one.name === name && one.fields['End'] !== true),
        'a stable state is a last Pass whose Parameters.state is its own name',
      ).map((message) => ({ state: name, message })),
    ),

  deadline: (definition: JsonObject) =>
    stableStates(definition).flatMap(({ name, output }) => {
      const final = output['final'] === true;
      const waits = 'deadlineSeconds' in output || 'deadlineSeconds.$' in output;
      const row = routes(definition).some((one) => one?.state === name && one.event === 'DeadlinePassed');
      return [
        ...when(final === waits, 'a state is either final or has deadlineSeconds'),
        ...when(waits && !row, 'a state with a deadline needs a row for DeadlinePassed'),
      ].map((message) => ({ state: name, message }));
    }),
};
