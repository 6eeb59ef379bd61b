/** Requests to the gateway: as effects, and as what a payment keeps of them until they are answered. */
import type { ActionInput, ActionResult } from '../../core/action.ts';
import type { GatewayRequest } from '../../core/card-gateway.ts';
import type { JsonObject } from '../../core/types.ts';
import type { PaymentSettings } from './settings.ts';

const secondsAfter = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();

/** An effect that first used a key, and when. */
interface Sent {
  at: string;
}

/** When the gateway may have forgotten a key. */
export const forgottenAt = ({ at }: Sent, { keySeconds }: PaymentSettings): string =>
  secondsAfter(at, keySeconds);

/** From when on nothing is sent under a key any more: a little earlier, so that no call under it meets one under the next. */
export const closedAt = ({ at }: Sent, { keySeconds, keyMarginSeconds }: PaymentSettings): string =>
  secondsAfter(at, keySeconds - keyMarginSeconds);

/**
 * Asks for a request to the gateway, once its transition is committed. Its effect is no longer wanted when its key is closed: from
 * then on only an inquiry may go on with it.
 */
export function ask(
  { data, now, effectId }: Pick<ActionInput<object, unknown>, 'data' | 'now' | 'effectId'>,
  request: GatewayRequest,
  settings: PaymentSettings,
): Required<Pick<ActionResult, 'data' | 'effects'>> {
  const sent = { effectId: effectId(1), at: now };
  const notAfter = closedAt(sent, settings);
  return {
    data: { ...data, request, sent, waitSeconds: settings.inquireSeconds },
    effects: [{ kind: `payment.${request.do}`, request, notAfter }],
  };
}

/** What a payment knows without the request that has been answered, and without an earlier no that this answer takes back. */
export function answered(data: JsonObject): JsonObject {
  const { request: _, sent: __, inquiry: ___, waitSeconds: ____, failure: _____, ...known } = data;
  return known;
}
