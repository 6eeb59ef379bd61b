/** Task: how actions are called, and what happens when a call fails. */
import type { JsonObject } from '../../../core/types.ts';
import { each, isObject, objects, reads, states, TOP, texts, when } from '../asl-walk.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
/** Request-response is the only pattern that Express knows. */
const WAITS = /\.(waitForTaskToken|sync(:\d+)?)$/;
const ERRORS = ['States.Timeout', 'States.TaskFailed', 'States.ALL'];

const retriers = (fields: JsonObject) => objects(fields['Retry']);
const catchers = (fields: JsonObject) => objects(fields['Catch']);
const errors = (one: JsonObject) => texts(one['ErrorEquals']);

export const taskRules = {
  'task-resource': each('Task', ({ fields: { Resource } }) =>
    when(Resource !== INVOKE && !WAITS.test(String(Resource)), `Resource must be ${INVOKE}`),
  ),

  'task-express': each('Task', ({ fields: { Resource } }) =>
    when(WAITS.test(String(Resource)), 'an Express execution cannot wait for a callback or a job'),
  ),

  'task-payload': each('Task', ({ fields: { Parameters } }) =>
    when(!isObject(Parameters) || !isObject(Parameters['Payload']), 'Payload must be an object'),
  ),

  'task-selector': each('Task', (state) => [
    ...when(!isObject(state.fields['ResultSelector']), 'a Task needs a ResultSelector'),
    ...reads(state)
      .filter(({ field, path }) => field === 'ResultSelector' && !/^\$\$|^\$\.Payload\b/.test(path))
      .map(({ path }) => `ResultSelector reads ${path}, which not every runtime gives: only $.Payload`),
  ]),

  'task-timeout': each('Task', ({ fields }) =>
    when(
      !Number.isInteger(fields['TimeoutSeconds']) && !('TimeoutSecondsPath' in fields),
      'a Task needs its own TimeoutSeconds: without, runtimes differ',
    ),
  ),

  'error-names': each(undefined, ({ fields }) =>
    [...retriers(fields), ...catchers(fields)]
      .flatMap(errors)
      .filter((error) => !ERRORS.includes(error))
      .map((error) => `${error}: meaning travels as an outcome; errors are ${ERRORS.join(', ')}`),
  ),

  'one-retrier': each('Task', ({ fields }) =>
    when(retriers(fields).length !== 1, `a Task has one retrier, this one has ${retriers(fields).length}`),
  ),

  'retry-backoff': each('Task', ({ fields }) =>
    retriers(fields).flatMap((one) =>
      when(
        !(Number(one['BackoffRate']) > 1 && one['JitterStrategy'] === 'FULL'),
        'a retrier needs a BackoffRate above 1 and JitterStrategy FULL',
      ),
    ),
  ),

  'catch-all': each('Task', ({ fields }) => {
    const caught = catchers(fields).flatMap(errors);
    const all = caught.includes('States.ALL') || ERRORS.slice(0, 2).every((error) => caught.includes(error));
    return when(!all, 'a Task needs a Catch for whatever may fail: no error may end an execution');
  }),

  'catch-order': each('Task', ({ fields }) => {
    const lists = catchers(fields).map(errors);
    const first = (error: string) => lists.findIndex((list) => list.includes(error));
    const [timeout = -1, failed = -1, all = -1] = ERRORS.map(first);
    return [
      ...when(timeout > failed && failed >= 0, 'States.Timeout must come before States.TaskFailed'),
      ...when(
        all >= 0 && (all < lists.length - 1 || lists[all]?.length !== 1),
        'States.ALL must stand alone and last',
      ),
    ];
  }),

  'no-fail': (definition: JsonObject) => [
    ...states(definition, 'Fail').map(({ name }) => ({ state: name, message: 'Fail is not used' })),
    ...states(definition).flatMap(({ name, fields }) =>
      ['ErrorPath', 'CausePath', 'TimeoutSecondsPath']
        .filter((field) => field in fields)
        .map((field) => ({ state: name, message: `${field} is not used` })),
    ),
  ],

  'json-path-only': (definition: JsonObject) =>
    [{ name: TOP, fields: definition }, ...states(definition)].flatMap(({ name, fields }) =>
      when(
        'QueryLanguage' in fields && fields['QueryLanguage'] !== 'JSONPath',
        'definitions use JSONPath only',
      ).map((message) => ({ state: name, message })),
    ),
};
