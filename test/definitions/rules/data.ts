/** Paths, templates and intrinsics: how data goes through a definition. */
import { expressionShape, inputsOf, resultShape, shapeAt } from '../asl-shape.ts';
import {
  type Expression,
  each,
  expressions,
  isObject,
  objects,
  parts,
  reads,
  type State,
  when,
} from '../asl-walk.ts';

const plainPath = /^\$(\.[A-Za-z_]\w*)*$/;
const resultPath = /^\$\.[A-Za-z_]\w*$/;
const context = (path: string) => path.startsWith('$$');

/** How long a state waits may be the flow's to say: the actions before it have set this field of the data. */
const isPause = ({ type, fields }: State, path: string) =>
  path === '$.step.data.waitSeconds' && type === 'Pass' && fields['End'] === true;

const intrinsics = ['States.Array', 'States.JsonMerge', 'States.Format'];

const calls = (state: State, field: 'Parameters' | 'ResultSelector') =>
  expressions(state.fields[field])
    .flatMap(parts)
    .filter((part) => 'call' in part);

export const dataRules = {
  'path-syntax': each(undefined, (state) =>
    reads(state)
      .filter(({ path }) => !context(path) && !plainPath.test(path))
      .map(({ path }) => `${path}: no brackets, wildcards, slices, filters`),
  ),

  'path-present': each(undefined, (state, definition) => {
    const input = inputsOf(definition).get(state.name);
    if (!input) return [];
    return reads(state)
      .filter(({ path, presence }) => !presence && plainPath.test(path))
      .filter(({ field, path }) =>
        field === 'ResultSelector'
          ? path.startsWith('$.Payload') && shapeAt(resultShape, path) === undefined
          : shapeAt(input, path) === undefined && !isPause(state, path),
      )
      .map(({ field, path }) => `${field} reads ${path}, which is not always there`);
  }),

  'result-path': each(undefined, ({ type, fields }) => {
    const ends = fields['End'] === true;
    const places = [
      ...(type === 'Task' || (type === 'Pass' && !ends) ? [{ ResultPath: '', ...fields }] : []),
      ...(type === 'Pass' && ends && 'ResultPath' in fields ? [{ ResultPath: '' }] : []),
      ...objects(fields['Catch']).map((one) => ({ ResultPath: '', ...one })),
    ];
    return places
      .filter((one) => !resultPath.test(String(one['ResultPath'])))
      .map(
        (one) => `ResultPath must be of the form $.name (the last Pass has none), not ${one['ResultPath']}`,
      );
  }),

  'pass-parameters': each('Pass', ({ fields }) => [
    ...when('Result' in fields, 'a Pass uses Parameters, not Result'),
    ...when(!('Parameters' in fields) && !('Result' in fields), 'a Pass needs Parameters'),
  ]),

  'parameters-empty': each(undefined, ({ fields: { Parameters } }) =>
    when(isObject(Parameters) && Object.keys(Parameters).length === 0, 'Parameters must not be empty'),
  ),

  intrinsics: each(undefined, (state) =>
    (['Parameters', 'ResultSelector'] as const)
      .flatMap((field) => calls(state, field))
      .filter(({ call }) => !intrinsics.includes(call))
      .map(({ call }) => `${call}: the intrinsics in use are ${intrinsics.join(', ')}`),
  ),

  'format-strings': each(undefined, (state, definition) => {
    const input = inputsOf(definition).get(state.name) ?? {};
    return (['Parameters', 'ResultSelector'] as const).flatMap((field) => {
      const shape = field === 'Parameters' ? input : resultShape;
      const isText = (part: Expression) =>
        'path' in part
          ? [undefined, 'string'].includes(shapeAt(shape, part.path) as string | undefined)
          : 'literal' in part
            ? typeof part.literal === 'string'
            : expressionShape(`${part.call}()`, shape) === 'string';
      return calls(state, field)
        .filter(({ call, args }) => call === 'States.Format' && !args.every(isText))
        .map(() => 'States.Format takes strings only');
    });
  }),

  'context-object': each(undefined, (state) =>
    reads(state)
      .filter(({ path }) => context(path))
      .flatMap(({ field, path }) => [
        ...when(field !== 'Parameters', `${path} in ${field}: $$ is read in Parameters only`),
        ...when(/^\$\$\.State\b/.test(path), `${path}: runtimes differ in $$.State`),
      ]),
  ),
};
