import type * as z from 'zod';
import { DetentError } from './errors.ts';
import type { Reader, Secrets, Table } from './ports.ts';
import type { DefinitionInput, EffectRequest, FlowEvent, JsonObject, Step, Write } from './types.ts';

export interface ActionInput<Data, Payload> {
  flowId: string;
  /** The version that this transition will have; changes when a conflict makes it run again. */
  nextVersion: number;
  data: Data;
  event: Omit<FlowEvent, 'payload'> & { payload: Payload };
  /** ISO 8601 UTC. */
  now: string;
  /** The id of the nth effect that this action asks for, counted from 1. */
  effectId(n: number): string;
}

export interface ActionResult {
  /** One of the action's declared outcomes: the definition branches on it, and the history keeps it as a fact. */
  outcome: string;
  /** What belongs to that fact, beside its type. It is kept with it and published: nothing personal. */
  fact?: JsonObject;
  /** The whole new data; left out, the data stays as it is. */
  data?: JsonObject;
  effects?: EffectRequest[];
  /** Conditional writes outside the record, in the same transaction. A failed condition repeats the transition from load. */
  writes?: Write[];
  /** For the caller alone; never stored, never logged. */
  reply?: JsonObject;
}

/** What an action may reach: at most one table, read-only, and the secrets it declares. No clock, no randomness. */
export interface ActionTools {
  read: Reader;
  secret: Secrets;
}

/** The work of one state. It knows no state names and no successor. */
export interface Action<Data = JsonObject, Payload = JsonObject> {
  name: string;
  outcomes: readonly string[];
  /** The table that `read` reads. */
  reads?: string;
  /** The secrets that `secret` gives. */
  secrets?: readonly string[];
  data: z.ZodType<Data>;
  payload: z.ZodType<Payload>;
  run(input: ActionInput<Data, Payload>, tools: ActionTools): ActionResult | Promise<ActionResult>;
}

/** Fixes the types of an action from its schemas, so that every action file reads alike. */
export function defineAction<Data, Payload>(action: Action<Data, Payload>): Action {
  return action as unknown as Action;
}

/** What a Task of a definition hands to its action. */
export interface TaskInput {
  flow: DefinitionInput['flow'];
  event: FlowEvent;
  now: string;
  step: Step;
}

/**
 * Everything an action does not do for itself: validates its input, runs it, threads the step on.
 *
 * @returns the step for the next action or for the commit: data replaced, effects numbered and appended, outcome noted as a fact.
 * @throws DetentError `invalid-action-input`, `invalid-action-result`; whatever the action throws.
 */
export async function performAction(action: Action, task: TaskInput, tools: ActionTools): Promise<Step> {
  const { flow, event, now, step } = task;
  const nextVersion = flow.version + 1;
  const effectId = (n: number) => `${flow.id}/${nextVersion}/${step.effects.length + n}`;
  const result = await action.run(
    {
      flowId: flow.id,
      nextVersion,
      data: parse(action, 'data', step.data),
      event: { ...event, payload: parse(action, 'payload', event.payload) },
      now,
      effectId,
    },
    flow.retry ? { ...tools, read: strong(tools.read) } : tools,
  );
  if (!action.outcomes.includes(result.outcome)) {
    throw new DetentError(
      'invalid-action-result',
      `${action.name} does not declare the outcome ${result.outcome}`,
    );
  }
  const effects = (result.effects ?? []).map((effect, index) => ({ ...effect, id: effectId(index + 1) }));
  return {
    data: result.data ?? step.data,
    effects: [...step.effects, ...effects],
    facts: [...step.facts, { type: result.outcome, ...result.fact }],
    writes: [...step.writes, ...(result.writes ?? [])],
    reply: { ...step.reply, ...result.reply },
    outcome: result.outcome,
  };
}

/** After a conflict nothing is read eventually: so what was read too early costs one more try, and never all of them. */
const strong = (read: Reader): Reader => ({ ...read, get: (pk, sk) => read.get(pk, sk) });

/** Names the fields that are wrong, and never their values: payloads hold passwords. */
function parse(action: Action, part: 'data' | 'payload', value: JsonObject): JsonObject {
  const parsed = action[part].safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues
    .map((issue) => `${part}.${issue.path.join('.')}: ${issue.code}`)
    .join('; ');
  throw new DetentError('invalid-action-input', `${action.name} cannot use its input: ${where}`);
}

/** The tools of one action: the one table and the secrets that it declares, and nothing else. */
export function toolsFor(action: Action, table: Pick<Table, 'read' | 'query'>, secret: Secrets): ActionTools {
  const { name, reads, secrets = [] } = action;
  const declared = (): string => {
    if (reads === undefined)
      throw new DetentError('invalid-action-result', `${name} declares no table to read`);
    return reads;
  };
  return {
    read: {
      get: async (pk, sk, options) => table.read({ table: declared(), pk, sk }, options),
      query: async (pk, prefix) => table.query(declared(), pk, prefix),
    },
    secret: async (wanted) => {
      if (secrets.includes(wanted)) return secret(wanted);
      throw new DetentError('invalid-action-result', `${name} declares no secret called ${wanted}`);
    },
  };
}
