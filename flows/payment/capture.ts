import * as z from 'zod';
import type { Money } from '../../core/card-gateway.ts';
import { amountValue } from './data.ts';

/** How much of what is authorised is wanted, in minor units; without a value all of it. */
export const captureWish = z.strictObject({ value: amountValue.exactOptional() });

/** The amount to capture; undefined where more is wanted than was authorised. */
export function captureAmount(
  { value: authorized, currency }: Money,
  { value = authorized }: z.infer<typeof captureWish>,
): Money | undefined {
  return value <= authorized ? { value, currency } : undefined;
}
