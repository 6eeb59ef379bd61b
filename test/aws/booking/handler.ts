/** One action of the booking, as the function of the second stack: ACTION says which. */

import { handlerOf } from '../../../lambdas/action-handler.ts';
import { tableOf } from '../../../lambdas/table.ts';
import { bookingActions } from '../../simulation/flows/booking.ts';

const { ACTION, TABLE_SEATS } = process.env;
const action = bookingActions.find(({ name }) => name === ACTION);
if (!action) throw new Error(`ACTION must be the name of an action of the booking, not ${ACTION}`);

export const handler = handlerOf(action, TABLE_SEATS ? { table: tableOf({ seats: TABLE_SEATS }) } : {});
