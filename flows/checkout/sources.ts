/** Who else may tell something of orders, and what. */
import type { Sources } from '../../core/intake.ts';
import { fulfilmentReports } from './fulfilment.ts';

/** `warehouse`: the other side of the queue of commands; `operator`: a person who has looked. */
export const sources: Sources = {
  warehouse: { checkout: fulfilmentReports },
  operator: { checkout: fulfilmentReports },
};
