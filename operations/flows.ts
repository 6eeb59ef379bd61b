/** The flows, as the commands need them: how they are kept, and what their trails may show. */
import type { Flow } from '../core/flow.ts';
import { mfaLogin } from '../flows/mfa-login/index.ts';
import { defaultSettings } from '../flows/mfa-login/settings.ts';
import { payment } from '../flows/payment/index.ts';
import { defaultPaymentSettings } from '../flows/payment/settings.ts';
import type { Machine } from './machines.ts';

/** Figures do not matter here: no command sets a deadline or an expiry. */
export const known: Flow[] = [mfaLogin(defaultSettings), payment(defaultPaymentSettings)];

/** @throws Error for a machine whose flow is not in the list above. */
export function flowOf({ flow, definition }: Machine, flows: readonly Flow[] = known): Flow {
  const found = flows.find(({ name }) => name === flow);
  if (found) return { ...found, definition };
  throw new Error(`The flow ${flow} cannot be moved: add it to the list in operations/flows.ts.`);
}
