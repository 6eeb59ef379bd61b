/** Requests to the gateway: as effects, and as what a payment keeps of them until they are answered. */
import type { ActionInput, ActionResult } from '../../core/action.ts';
import type { GatewayRequest } from '../../core/card-gateway.ts';
import type { JsonObject } from '../../core/types.ts';
import type { PaymentSettings } from './settings.ts';

export const secondsAfter = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();

/**
 * Asks for a request to the gateway, once its transition is committed. Its effect is no longer wanted when its key is not to be
 * relied on any more: from then on only an inquiry may go on with it.
 */
export function ask(
  { data, now, effectId }: Pick<ActionInput<object, unknown>, 'data' | 'now' | 'effectId'>,
  request: GatewayRequest,
  settings: PaymentSettings,
): Required<Pick<ActionResult, 'data' | 'effects'>> {
  const notAfter = secondsAfter(now, settings.keySeconds);
  const sent = { effectId: effectId(1), at: now };
  return {
    data: { ...data, request, sent, waitSeconds: settings.inquireSeconds },
    effects: [{ kind: `payment.${request.do}`, request, notAfter }],
  };
}

/** What a payment knows without the request that has been answered. */
export function answered(data: JsonObject): JsonObject {
  const { request: _, sent: __, inquiry: ___, waitSeconds: ____, ...known } = data;
  return known;
}
