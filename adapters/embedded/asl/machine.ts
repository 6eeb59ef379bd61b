/** A definition, prepared once into functions, and run any number of times. */
import type { Json, JsonObject } from '../../../core/types.ts';
import { type Decide, prepareChoice } from './choices.ts';
import { runtimeFailure } from './failure.ts';
import { type Context, placeResult, readPathOrContext } from './paths.ts';
import { isObject, objectAt, onlyFields, type Place, refuse, textAt, within } from './refusal.ts';
import type { Pauses } from './retries.ts';
import { type Invoke, type Perform, prepareTask } from './tasks.ts';
import { prepareTemplate } from './templates.ts';
import type { Watch } from './watch.ts';
import { withinLimit } from './wire.ts';

/** More states than any transition goes through: a definition that goes in circles ends here. */
const MOST_STATES = 1_000;

type Make = (input: Json, context: Context) => Json;
type State =
  | { type: 'Choice'; decide: Decide }
  | { type: 'Task'; perform: Perform }
  | { type: 'Pass'; make: Make; next: string | undefined };

export class Machine {
  readonly #states: ReadonlyMap<string, State>;
  readonly #start: string;

  /** @throws DetentError `misconfigured`: names flow, state and field of what is outside of the subset, and says what to do. */
  constructor(flow: string, definition: JsonObject, invoke: Invoke, pauses: Pauses) {
    const whole = { flow, state: '', field: '' };
    onlyFields(definition, ['StartAt', 'States', 'QueryLanguage'], whole);
    jsonPathOnly(definition, whole);
    const states = objectAt(definition, 'States', whole);
    this.#start = textAt(definition, 'StartAt', whole);
    if (!Object.hasOwn(states, this.#start)) refuse(within(whole, 'StartAt'), 'must name a state');
    this.#states = new Map(
      Object.entries(states).map(([state, fields]) => {
        const place = { flow, state, field: '' };
        if (!isObject(fields)) return refuse(place, 'must be an object');
        for (const next of nextOf(fields)) {
          if (!Object.hasOwn(states, next))
            refuse(within(place, 'Next'), `${next} must be the name of a state`);
        }
        return [state, prepareState(jsonPathOnly(fields, place), place, invoke, pauses)];
      }),
    );
  }

  /**
   * @param input plain JSON; it is not changed, and the output may share parts of it.
   * @throws whatever no Catch takes: the error of an action, `States.Runtime` where a path leads nowhere,
   * `States.DataLimitExceeded` where an output is larger than Step Functions takes.
   */
  async run(input: Json, watch?: Watch): Promise<Json> {
    const context: Context = { input };
    let data = input;
    let name = this.#start;
    for (let count = 0; count < MOST_STATES; count++) {
      const state = this.#states.get(name) as State;
      watch?.entered(name, data);
      if (state.type === 'Choice') {
        name = state.decide(data, context);
      } else if (state.type === 'Task') {
        const performed = await state.perform(data, context, watch);
        data = withinLimit(performed.data);
        name = performed.next;
      } else {
        data = withinLimit(state.make(data, context));
        if (state.next === undefined) return data;
        name = state.next;
      }
    }
    return runtimeFailure(`no end after ${MOST_STATES} states`);
  }
}

/** The fields without the one that names the language of their paths. */
function jsonPathOnly({ QueryLanguage = 'JSONPath', ...fields }: JsonObject, place: Place): JsonObject {
  return QueryLanguage === 'JSONPath' ? fields : refuse(within(place, 'QueryLanguage'), 'must be JSONPath');
}

/** Every state that this one names, at any place. */
function nextOf(fields: JsonObject): string[] {
  const rules = [fields['Choices'], fields['Catch']].flatMap((list) => (Array.isArray(list) ? list : []));
  const names = [fields['Next'], fields['Default'], ...rules.map((rule) => isObject(rule) && rule['Next'])];
  return names.filter((name) => typeof name === 'string');
}

function prepareState(fields: JsonObject, place: Place, invoke: Invoke, pauses: Pauses): State {
  switch (fields['Type']) {
    case 'Choice':
      return { type: 'Choice', decide: prepareChoice(fields, place) };
    case 'Task':
      return { type: 'Task', perform: prepareTask(fields, place, invoke, pauses) };
    case 'Pass':
      return preparePass(fields, place);
    default:
      return refuse(within(place, 'Type'), 'must be Choice, Task or Pass');
  }
}

function preparePass(fields: JsonObject, place: Place): State {
  onlyFields(fields, ['Type', 'Parameters', 'ResultPath', 'Next', 'End'], place);
  const parameters = objectAt(fields, 'Parameters', place);
  const make = prepareTemplate(parameters, within(place, 'Parameters'), readPathOrContext);
  if (fields['End'] === true) {
    for (const field of ['Next', 'ResultPath']) {
      if (field in fields)
        refuse(within(place, field), 'must not be there: the last Pass gives its Parameters');
    }
    return { type: 'Pass', make, next: undefined };
  }
  if ('End' in fields) refuse(within(place, 'End'), 'must be true, or not be there');
  const put = placeResult(fields['ResultPath'], within(place, 'ResultPath'));
  const next = textAt(fields, 'Next', place);
  return { type: 'Pass', make: (input, context) => put(input, make(input, context)), next };
}
