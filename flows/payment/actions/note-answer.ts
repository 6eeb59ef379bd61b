import * as z from 'zod';
import { type ActionResult, defineAction } from '../../../core/action.ts';
import type { JsonObject } from '../../../core/types.ts';
import { gatewayAnswer } from '../answers.ts';
import { gatewayRequest, money } from '../data.ts';
import { answered } from '../requests.ts';

const known = z.looseObject({ amount: money, request: gatewayRequest.optional() });

type Known = z.infer<typeof known>;
type Answer = z.infer<typeof gatewayAnswer>;

/** What each answer means for the payment, and the fact that it is. */
const meanings: {
  [event: string]: (data: Known, answer: Answer) => Omit<ActionResult, 'data'> & { data: JsonObject };
} = {
  AuthApproved({ amount }, { authorization }) {
    // Without it nobody could ever capture or release the money.
    if (!authorization) throw new Error('AuthApproved names no hold');
    return { outcome: 'AuthorizationApproved', fact: { amount }, data: { authorization } };
  },
  AuthDeclined: (_, { code }) => refused('AuthorizationDeclined', code),
  CaptureSuccess: ({ request, amount }) => moved('AmountCaptured', 'captured', request, amount),
  CaptureFailed: (_, { code }) => refused('CaptureRefused', code),
  CancelSuccess: () => ({ outcome: 'AuthorizationVoided', data: {} }),
  CancelFailed: (_, { code }) => refused('VoidRefused', code),
  ReverseSuccess: ({ request, amount }) => moved('AmountReversed', 'reversed', request, amount),
  ReverseFailed: (_, { code }) => refused('ReversalRefused', code),
};

/** Notes what the gateway has answered: the request is not under way any more. */
export const noteAnswer = defineAction({
  name: 'NoteAnswer',
  outcomes: [
    'AuthorizationApproved',
    'AuthorizationDeclined',
    'AmountCaptured',
    'CaptureRefused',
    'AuthorizationVoided',
    'VoidRefused',
    'AmountReversed',
    'ReversalRefused',
  ],
  data: known,
  payload: gatewayAnswer,
  run({ data, event }) {
    const meaning = meanings[event.type];
    if (!meaning) throw new Error(`${event.type} is no answer of a gateway`);
    const { data: noted, ...result } = meaning(data, event.payload);
    return { ...result, data: { ...answered(data as JsonObject), ...noted } };
  },
});

const refused = (outcome: string, code = 'unknown') => ({ outcome, fact: { code }, data: { failure: code } });

function moved(outcome: string, field: string, request: Known['request'], whole: Known['amount']) {
  const amount = request && 'amount' in request ? request.amount : whole;
  return { outcome, fact: { amount }, data: { [field]: amount } };
}
