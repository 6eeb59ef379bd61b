import { Problem } from '../api/problem.ts';
import type { Flow } from '../core/flow.ts';

/** @throws Problem 404, with the names that there are. */
export function flowNamed(flows: { [name: string]: Flow }, name: string): Flow {
  const flow = flows[name];
  if (flow && Object.hasOwn(flows, name)) return flow;
  throw new Problem('not-found', {
    detail: `There is no flow of this name. Flows: ${Object.keys(flows).join(', ')}.`,
  });
}
