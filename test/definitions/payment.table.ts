/** The table of the payment, as data: what every event does in every state, and how to get there. */
import type { JsonObject } from '../../core/types.ts';
import type { Payments } from '../support/payments.ts';
import { order } from '../support/payments.ts';

export const waiting = ['Created', 'Authorizing', 'Authorized', 'Capturing', 'Reversing', 'Cancelling'];
export const final = [
  'Captured',
  'Reversed',
  'Cancelled',
  'Aborted',
  'AuthError',
  'CaptureError',
  'CancelError',
  'ReverseError',
];

const hold = { authorization: 'pi_1' };
const refused = { code: 'no' };

/** The events that lead from nowhere to a state. */
const path: { [state: string]: [event: string, payload: JsonObject][] } = {
  New: [],
  Created: [['PaymentCreated', order]],
};
const after = (state: string, before: string, event: string, payload: JsonObject = {}) => {
  path[state] = [...(path[before] ?? []), [event, payload]];
};
after('Authorizing', 'Created', 'Authorize');
after('Aborted', 'Created', 'Abort');
after('Authorized', 'Authorizing', 'AuthApproved', hold);
after('AuthError', 'Authorizing', 'AuthDeclined', refused);
after('Capturing', 'Authorized', 'Capture');
after('Captured', 'Capturing', 'CaptureSuccess', hold);
after('CaptureError', 'Capturing', 'CaptureFailed', refused);
after('Cancelling', 'Authorized', 'Cancel');
after('Cancelled', 'Cancelling', 'CancelSuccess', hold);
after('CancelError', 'Cancelling', 'CancelFailed', refused);
after('Reversing', 'Captured', 'Reverse');
after('Reversed', 'Reversing', 'ReverseSuccess', hold);
after('ReverseError', 'Reversing', 'ReverseFailed', refused);

export async function reach(payments: Payments, flowId: string, state: string): Promise<void> {
  for (const [event, payload] of path[state] ?? []) await payments.tell(flowId, event, payload);
}

export interface Row {
  state: string;
  event: string;
  payload?: JsonObject;
  /** What is special about it. */
  given?: string;
  to: string | 'deferred' | 'rejected' | 'unavailable';
  outcome: string;
  /** The kind of the effect that it asks for, and seconds until the deadline after it. */
  effect?: string;
  deadline?: number;
}

const half = { value: order.amount.value / 2 };
const all = { value: order.amount.value };
const more = { value: order.amount.value + 1 };
const WEEK = 7 * 86_400;

export const table: Row[] = [
  {
    state: 'New',
    event: 'PaymentCreated',
    payload: order,
    to: 'Created',
    outcome: 'PaymentAccepted',
    deadline: 3_600,
  },
  {
    state: 'New',
    event: 'PaymentCreated',
    payload: {},
    given: 'no order',
    to: 'rejected',
    outcome: 'PaymentInvalid',
  },
  { state: 'Created', event: 'Abort', to: 'Aborted', outcome: 'Aborted' },
  { state: 'Created', event: 'DeadlinePassed', to: 'Aborted', outcome: 'Aborted' },
  {
    state: 'Created',
    event: 'Authorize',
    to: 'Authorizing',
    outcome: 'AuthorizationRequested',
    effect: 'authorize',
    deadline: 60,
  },
  { state: 'Created', event: 'Authorize', given: 'failing', to: 'unavailable', outcome: 'ActionFailed' },
  {
    state: 'Authorizing',
    event: 'AuthApproved',
    payload: hold,
    to: 'Authorized',
    outcome: 'AuthorizationApproved',
    deadline: WEEK,
  },
  {
    state: 'Authorizing',
    event: 'AuthDeclined',
    payload: refused,
    to: 'AuthError',
    outcome: 'AuthorizationDeclined',
  },
  { state: 'Authorizing', event: 'Capture', to: 'deferred', outcome: 'Deferred', deadline: 60 },
  {
    state: 'Authorizing',
    event: 'Capture',
    payload: half,
    given: 'a part',
    to: 'deferred',
    outcome: 'Deferred',
    deadline: 60,
  },
  {
    state: 'Authorizing',
    event: 'Capture',
    payload: more,
    given: 'too much',
    to: 'rejected',
    outcome: 'AmountTooLarge',
  },
  { state: 'Authorizing', event: 'Cancel', to: 'deferred', outcome: 'Deferred', deadline: 60 },
  {
    state: 'Authorizing',
    event: 'DeadlinePassed',
    to: 'Authorizing',
    outcome: 'GatewayAsked',
    effect: 'inquire',
    deadline: 120,
  },
  {
    state: 'Authorized',
    event: 'Cancel',
    to: 'Cancelling',
    outcome: 'VoidRequested',
    effect: 'void',
    deadline: 60,
  },
  {
    state: 'Authorized',
    event: 'DeadlinePassed',
    to: 'Cancelling',
    outcome: 'VoidRequested',
    effect: 'void',
    deadline: 60,
  },
  {
    state: 'Authorized',
    event: 'Capture',
    to: 'Capturing',
    outcome: 'CaptureRequested',
    effect: 'capture',
    deadline: 60,
  },
  {
    state: 'Authorized',
    event: 'Capture',
    payload: half,
    given: 'a part',
    to: 'Capturing',
    outcome: 'CaptureRequested',
    effect: 'capture',
    deadline: 60,
  },
  {
    state: 'Authorized',
    event: 'Capture',
    payload: all,
    given: 'all',
    to: 'Capturing',
    outcome: 'CaptureRequested',
    effect: 'capture',
    deadline: 60,
  },
  {
    state: 'Authorized',
    event: 'Capture',
    payload: more,
    given: 'too much',
    to: 'rejected',
    outcome: 'AmountTooLarge',
  },
  {
    state: 'Cancelling',
    event: 'CancelSuccess',
    payload: hold,
    to: 'Cancelled',
    outcome: 'AuthorizationVoided',
  },
  { state: 'Cancelling', event: 'CancelFailed', payload: refused, to: 'CancelError', outcome: 'VoidRefused' },
  {
    state: 'Cancelling',
    event: 'DeadlinePassed',
    to: 'Cancelling',
    outcome: 'GatewayAsked',
    effect: 'inquire',
    deadline: 120,
  },
  { state: 'Capturing', event: 'CaptureSuccess', payload: hold, to: 'Captured', outcome: 'AmountCaptured' },
  {
    state: 'Capturing',
    event: 'CaptureFailed',
    payload: refused,
    to: 'CaptureError',
    outcome: 'CaptureRefused',
  },
  {
    state: 'Capturing',
    event: 'DeadlinePassed',
    to: 'Capturing',
    outcome: 'GatewayAsked',
    effect: 'inquire',
    deadline: 120,
  },
  {
    state: 'Captured',
    event: 'Reverse',
    to: 'Reversing',
    outcome: 'ReversalRequested',
    effect: 'reverse',
    deadline: 60,
  },
  { state: 'Reversing', event: 'ReverseSuccess', payload: hold, to: 'Reversed', outcome: 'AmountReversed' },
  {
    state: 'Reversing',
    event: 'ReverseFailed',
    payload: refused,
    to: 'ReverseError',
    outcome: 'ReversalRefused',
  },
  {
    state: 'Reversing',
    event: 'DeadlinePassed',
    to: 'Reversing',
    outcome: 'GatewayAsked',
    effect: 'inquire',
    deadline: 120,
  },
  {
    state: 'AuthError',
    event: 'AuthApproved',
    payload: hold,
    to: 'Cancelling',
    outcome: 'VoidRequested',
    effect: 'void',
    deadline: 60,
  },
  {
    state: 'Aborted',
    event: 'AuthApproved',
    payload: hold,
    to: 'Cancelling',
    outcome: 'VoidRequested',
    effect: 'void',
    deadline: 60,
  },
];
