/** What the state of a PaymentIntent or a refund says of what was asked for. Pure. */
import type Stripe from 'stripe';
import type { GatewayFinding, GatewayRequest } from '../../core/card-gateway.ts';

/** The gateway lets go of a hold after a week, or whoever owns the account has. */
const EXPIRED = { status: 'refused', code: 'authorization-expired' } as const;

/** As much of a PaymentIntent as an error brings along. */
export interface Hold {
  id?: string;
  status?: string;
  amount_received?: number;
}

/** Of the intent that an authorisation has made. */
export function authorized({ id, status, last_payment_error: error }: Stripe.PaymentIntent): GatewayFinding {
  switch (status) {
    case 'requires_capture':
    case 'succeeded':
      return { status: 'done', authorization: id };
    case 'requires_payment_method':
    case 'requires_confirmation':
    case 'requires_action':
    case 'canceled':
      return { status: 'refused', code: error?.decline_code || error?.code || status };
    default:
      return { status: 'undecided' };
  }
}

/** Whether the hold has been captured or released already, as the request wants; `nothing`: it can be, yet. */
export function settled(
  request: Extract<GatewayRequest, { do: 'capture' | 'void' }>,
  { status = '', amount_received }: Hold,
): GatewayFinding {
  const done = { status: 'done', authorization: request.authorization } as const;
  if (status === 'processing' || status === '') return { status: 'undecided' };
  if (request.do === 'void') {
    if (status === 'canceled') return done;
    return status === 'succeeded' ? { status: 'refused', code: 'captured' } : { status: 'nothing' };
  }
  switch (status) {
    case 'requires_capture':
      return { status: 'nothing' };
    case 'succeeded':
      return amount_received === request.amount.value
        ? done
        : { status: 'refused', code: 'captured-otherwise' };
    case 'canceled':
      return EXPIRED;
    default:
      return { status: 'refused', code: status };
  }
}

/** Of the refund that a reversal has made. */
export function refunded(
  { status, failure_reason: reason }: Pick<Stripe.Refund, 'status' | 'failure_reason'>,
  authorization: string,
): Exclude<GatewayFinding, { status: 'nothing' }> {
  if (status === 'succeeded') return { status: 'done', authorization };
  if (status === 'failed' || status === 'canceled')
    return { status: 'refused', code: reason || `refund-${status}` };
  return { status: 'undecided' };
}

/** Of several, the one that moved money; then the one that may. Without any, nothing was done. */
export function best(findings: GatewayFinding[]): GatewayFinding {
  const of = (wanted: string) => findings.find(({ status }) => status === wanted);
  return of('done') ?? of('undecided') ?? findings[0] ?? { status: 'nothing' };
}
