/** Task: calls an action, as `lambda:invoke` would. */
import type { TaskInput } from '../../../core/action.ts';
import type { Json, JsonObject, Step } from '../../../core/types.ts';
import { DEFAULT_TIMEOUT_SECONDS, matches, StatesFailure } from './failure.ts';
import { type Context, placeResult, type Read, readPath, readPathOrContext } from './paths.ts';
import { objectAt, onlyFields, type Place, refuse, secondsAt, textAt, within } from './refusal.ts';
import { type Pauses, prepareCatch, prepareRetry } from './retries.ts';
import { prepareTemplate } from './templates.ts';
import type { Watch } from './watch.ts';
import { overWire } from './wire.ts';

/** Runs the action that a Task names. */
export type Invoke = (action: string, input: TaskInput) => Promise<Step>;

export interface Performed {
  data: Json;
  next: string;
}

export type Perform = (input: Json, context: Context, watch: Watch | undefined) => Promise<Performed>;

const RESOURCE = 'arn:aws:states:::lambda:invoke';
const FIELDS = ['Type', 'Resource', 'Parameters', 'ResultSelector', 'ResultPath', 'TimeoutSeconds'];

export function prepareTask(fields: JsonObject, place: Place, invoke: Invoke, pauses: Pauses): Perform {
  onlyFields(fields, [...FIELDS, 'Retry', 'Catch', 'Next'], place);
  if (fields['Resource'] !== RESOURCE) refuse(within(place, 'Resource'), `must be ${RESOURCE}`);
  const { action, payload } = prepareParameters(fields, place);
  const selector = objectAt(fields, 'ResultSelector', place);
  const select = prepareTemplate(selector, within(place, 'ResultSelector'), resultPath);
  const put = placeResult(fields['ResultPath'], within(place, 'ResultPath'));
  const timeoutMs = secondsAt(fields, 'TimeoutSeconds', place, DEFAULT_TIMEOUT_SECONDS) * 1000;
  const retrier = prepareRetry(fields, place, pauses);
  const catchers = prepareCatch(fields, place);
  const next = textAt(fields, 'Next', place);

  const call = async (input: Json): Promise<Json> =>
    overWire(await invoke(action, overWire(input) as unknown as TaskInput)) as unknown as Json;

  return async (input, context, watch) => {
    for (let failed = 1; ; failed++) {
      try {
        const result = await limited(call(payload(input, context)), timeoutMs);
        return { data: put(input, select(result, context)), next };
      } catch (error) {
        const pause = retrier?.pauseMs(error, failed);
        if (pause !== undefined) {
          if (pause > 0) await new Promise<void>((done) => setTimeout(done, pause));
          watch?.retried(place.state, retrier?.errors ?? [], error);
          continue;
        }
        const catcher = catchers.find(({ errors }) => matches(errors, error));
        if (!catcher) throw error;
        watch?.caught(place.state, catcher.errors, error, catcher.next);
        return { data: catcher.place(input, error), next: catcher.next };
      }
    }
  };
}

function prepareParameters(fields: JsonObject, place: Place): { action: string; payload: Read } {
  const here = within(place, 'Parameters');
  const parameters = objectAt(fields, 'Parameters', place);
  onlyFields(parameters, ['FunctionName', 'Payload'], here);
  const payload = objectAt(parameters, 'Payload', here);
  return {
    action: textAt(parameters, 'FunctionName', here),
    payload: prepareTemplate(payload, within(here, 'Payload'), readPathOrContext),
  };
}

/** A ResultSelector sees `{ Payload, … }`, of which no more than Payload is the same everywhere. */
function resultPath(path: string, place: Place): Read {
  if (!/^\$\.Payload(\.|$)/.test(path)) refuse(place, `${path} must begin with $.Payload`);
  return readPath(`$${path.slice('$.Payload'.length)}`, place);
}

/**
 * The promise, or `States.Timeout` after this time; whatever it comes to later is dropped. To set and clear a timer of Node
 * takes less than half a microsecond: less than to wait and see whether it is needed.
 */
function limited<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new StatesFailure('States.Timeout', 'States.Timeout'));
    const timer = setTimeout(late, ms);
    const settle =
      <V>(give: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        give(value);
      };
    promise.then(settle(resolve), settle(reject));
  });
}
