/** What is certain to be in the input of each state, and of which type: followed through the definition. */
import type { Json, JsonObject } from '../../core/types.ts';
import { isObject, objects, parseExpression, type State, states } from './asl-walk.ts';

/** `foreign`: an object whose fields nobody promises, and whose values may be null. */
export type Shape = 'string' | 'number' | 'boolean' | 'list' | 'foreign' | { [field: string]: Shape };

const step: Shape = {
  data: 'foreign',
  effects: 'list',
  facts: 'list',
  writes: 'list',
  reply: 'foreign',
  outcome: 'string',
};

/** The input of a definition, complete: empty text or list instead of absent. */
export const inputShape: Shape = {
  flow: { name: 'string', id: 'string', state: 'string', version: 'number' },
  event: { id: 'string', type: 'string', payload: 'foreign', at: 'string' },
  now: 'string',
  step,
};

/** What ResultSelector sees: the envelope of `lambda:invoke` around the step that an action returns. */
export const resultShape: Shape = { Payload: step };

const errorShape: Shape = { Error: 'string', Cause: 'string' };

/** What is at a path of the form `$.a.b`; undefined where nothing is certain to be. */
export function shapeAt(shape: Shape, path: string): Shape | undefined {
  return path
    .split('.')
    .slice(1)
    .reduce<Shape | undefined>(
      (here, name) => (typeof here === 'object' && Object.hasOwn(here, name) ? here[name] : undefined),
      shape,
    );
}

/** Whether the path leads into an object whose content nobody promises. */
export function isForeign(shape: Shape, path: string): boolean {
  const names = path.split('.');
  return names.some((_, index) => shapeAt(shape, names.slice(0, index + 1).join('.')) === 'foreign');
}

/** The input of every state that can be reached: what all ways into it agree on. */
export function inputsOf(definition: JsonObject): Map<string, Shape> {
  const byName = new Map(states(definition).map((state) => [state.name, state]));
  const inputs = new Map<string, Shape>([[String(definition['StartAt']), inputShape]]);
  const waiting = [...inputs.keys()];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const [state, input] = [byName.get(name), inputs.get(name)];
    if (!state || !input) continue;
    for (const { next, shape } of outputsOf(state, input)) {
      const before = inputs.get(next);
      const after = before === undefined ? shape : common(before, shape);
      if (before !== undefined && JSON.stringify(before) === JSON.stringify(after)) continue;
      inputs.set(next, after);
      waiting.push(next);
    }
  }
  return inputs;
}

function outputsOf({ type, fields }: State, input: Shape): { next: string; shape: Shape }[] {
  const to = (next: Json | undefined, shape: Shape) => (typeof next === 'string' ? [{ next, shape }] : []);
  // Anywhere else than at `$.name` a result is a finding of its own.
  const placed = (at: Json | undefined, value: Shape): Shape => {
    const name = /^\$\.(\w+)$/.exec(String(at))?.[1];
    return name && typeof input === 'object' ? { ...input, [name]: value } : input;
  };
  if (type === 'Choice') {
    return [fields['Default'], ...objects(fields['Choices']).map((rule) => rule['Next'])].flatMap((next) =>
      to(next, input),
    );
  }
  if (type !== 'Task' && type !== 'Pass') return to(fields['Next'], input);
  const result =
    type === 'Task'
      ? templateShape(fields['ResultSelector'], resultShape)
      : templateShape(fields['Parameters'], input);
  return [
    ...to(fields['Next'], placed(fields['ResultPath'], result)),
    ...objects(fields['Catch']).flatMap((one) => to(one['Next'], placed(one['ResultPath'], errorShape))),
  ];
}

/** The shape that a template makes out of its input. */
function templateShape(template: Json | undefined, input: Shape): Shape {
  if (Array.isArray(template)) return 'list';
  if (!isObject(template)) return typeof template === 'string' ? 'string' : scalar(template);
  return Object.fromEntries(
    Object.entries(template).map(([field, value]) =>
      field.endsWith('.$')
        ? [field.slice(0, -2), expressionShape(String(value), input)]
        : [field, templateShape(value, input)],
    ),
  );
}

const scalar = (value: Json | undefined): Shape =>
  typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'foreign';

export function expressionShape(text: string, input: Shape): Shape {
  const expression = parseExpression(text);
  if ('path' in expression) return shapeAt(input, expression.path) ?? 'foreign';
  if ('literal' in expression) return templateShape(expression.literal, input);
  return expression.call === 'States.Format'
    ? 'string'
    : expression.call === 'States.Array'
      ? 'list'
      : 'foreign';
}

/** What two shapes have in common. */
function common(one: Shape, other: Shape): Shape {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other ? one : 'foreign';
  return Object.fromEntries(
    Object.entries(one).flatMap(([field, shape]) => {
      const same = other[field];
      return same === undefined ? [] : [[field, common(shape, same)]];
    }),
  );
}
