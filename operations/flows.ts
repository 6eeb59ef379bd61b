/** The flows, as the commands need them: how they are kept, and what their trails may show. */
import type { Flow } from '../core/flow.ts';
import { flowSettings, flowsOf } from '../flows/index.ts';
import type { Machine } from './machines.ts';

/** Figures do not matter here: no command sets a deadline or an expiry. */
export const known: Flow[] = Object.values(flowsOf(flowSettings()));

/** @throws Error for a machine whose flow is not in the list above. */
export function flowOf({ flow, definition }: Machine, flows: readonly Flow[] = known): Flow {
  const found = flows.find(({ name }) => name === flow);
  if (found) return { ...found, definition };
  throw new Error(`The flow ${flow} cannot be moved: add it to the table in flows/index.ts.`);
}
