import type { SessionState } from '../../core/checkout-provider.ts';
import type { JsonObject } from '../../core/types.ts';

/** The event that the state of a session is; undefined as long as it is open, or the money on its way. */
export function sessionEvent(
  session: string,
  state: SessionState,
): { type: string; payload: JsonObject } | undefined {
  switch (state.status) {
    case 'paid': {
      const { payment } = state;
      return { type: 'PaymentSucceeded', payload: { session, ...(payment !== undefined && { payment }) } };
    }
    case 'declined':
      return { type: 'PaymentDeclined', payload: { session } };
    case 'expired':
      return { type: 'PaymentExpired', payload: { session } };
    case 'open':
    case 'processing':
      return undefined;
  }
}
