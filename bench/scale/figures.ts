/** All figures of docs/scale.md, computed: counted work, the paper, the simulation. */
import { knownQueues } from './known.ts';
import { lifeOfLogin } from './life.ts';
import { otherFlows } from './other-flows.ts';
import { compared } from './simulated.ts';
import type { Figures } from './tables.ts';

export const document = new URL('../../docs/scale.md', import.meta.url);

export async function figuresOfScale(): Promise<Figures> {
  const life = await lifeOfLogin();
  return { known: knownQueues(), life, others: await otherFlows(), simulated: compared(life) };
}
