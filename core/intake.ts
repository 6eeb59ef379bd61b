/** Takes events from other systems, one message of a queue at a time. */
import type { Deliverer } from './delivery.ts';
import { isDetentError, loggable } from './errors.ts';
import type { Flow } from './flow.ts';
import type { Observer } from './ports.ts';
import type { FlowEvent, JsonObject } from './types.ts';

/** What each source may report: event types, by flow. Whatever is not listed is refused. */
export interface Sources {
  readonly [source: string]: { readonly [flow: string]: readonly string[] };
}

/** A message: an event for one instance. The same `event.id` of the same source is the same event, however often it comes. */
export interface IntakeMessage {
  flow: string;
  flowId: string;
  event: Omit<FlowEvent, 'at'>;
}

/**
 * What became of a message. `done`; `late`: the instance takes no such event (any more), and nothing was changed; `again`: it is to come once
 * more, a needed service is down; `refused`: it never can be taken, and a person must look at it.
 */
export type Taken = 'done' | 'late' | 'again' | 'refused';

export interface IntakePorts {
  deliver: Deliverer['deliver'];
  flows: { [name: string]: Flow };
  sources: Sources;
  observe: Observer;
}

export type Intake = (source: string, text: string) => Promise<Taken>;

/** @returns a function that takes a message's text from a source. It throws for nothing. */
export function createIntake({ deliver, flows, sources, observe }: IntakePorts): Intake {
  async function take(source: string, text: string): Promise<Taken | { refused: string }> {
    const message = parsed(text);
    if (typeof message === 'string') return { refused: message };
    const { flow: name, flowId, event } = message;
    const allowed = Object.hasOwn(sources, source) ? sources[source] : undefined;
    const flow = allowed && Object.hasOwn(allowed, name) ? flows[name] : undefined;
    if (!flow || !allowed?.[name]?.includes(event.type))
      return { refused: 'this source may not report such an event' };
    // Each source has ids of its own: none can use up those of another, or of the payment provider.
    const delivered = { ...event, id: `${source}/${event.id}` };
    const answer = await deliver({ flow, flowId, event: delivered });
    switch (answer.status) {
      case 'applied':
      case 'deferred':
        return 'done';
      case 'rejected':
        if (answer.reason === 'TooManyDeferred') return 'again';
        return answer.record ? 'late' : { refused: 'there is no such instance' };
      case 'unavailable':
      case 'conflict':
        return 'again';
      case 'not-found':
        return { refused: 'there is no such instance' };
      case 'key-reused':
        return { refused: 'the id of the event was used for another one' };
    }
  }

  return async (source, text) => {
    try {
      const taken = await take(source, text);
      if (typeof taken === 'string') return taken;
      observe({ type: 'failure', where: 'intake', subject: source, error: taken.refused });
      return 'refused';
    } catch (error) {
      observe({ type: 'failure', where: 'intake', subject: source, error: loggable(error) });
      return isDetentError(error) && error.advice === 'reject' ? 'refused' : 'again';
    }
  };
}

/** Of ids; a type is shorter than that too. */
const MAX_WORD = 255;

const isWord = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_WORD;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasOnly = (value: JsonObject, fields: string[]): boolean =>
  Object.keys(value).every((field) => fields.includes(field));

/** The message, or what is wrong with it, without quoting it. */
function parsed(text: string): IntakeMessage | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'the message is not JSON';
  }
  if (!isObject(value) || !hasOnly(value, ['flow', 'flowId', 'event']))
    return 'a message is { flow, flowId, event }';
  const { flow, flowId, event } = value;
  if (!isWord(flow) || !isWord(flowId)) return 'flow and flowId are texts of 1 to 255 characters';
  if (!isObject(event) || !hasOnly(event, ['id', 'type', 'payload']))
    return 'an event is { id, type, payload }';
  const { id, type, payload = {} } = event;
  if (!isWord(id) || !isWord(type)) return 'event.id and event.type are texts of 1 to 255 characters';
  if (!isObject(payload)) return 'event.payload is an object';
  return { flow, flowId, event: { id, type, payload } };
}
