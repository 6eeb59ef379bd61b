import type { Construct } from 'constructs';
import { actionFunction } from './action-function.ts';
import { settingsOfOne } from './figures.ts';
import { Flow } from './flow.ts';
import type { Common } from './node-function.ts';

/** The payment: its definition, and for each action a function. None of them reads a table or a secret. */
export function paymentFlow(scope: Construct, common: Common): Flow {
  const { stage } = common;
  const environment = { FLOW_SETTINGS: settingsOfOne(stage, 'payment') };
  const settled = { ...common, environment, memorySize: 256 };
  const plain = { ...common, environment: {}, memorySize: 256 };
  const actions = {
    ValidatePayment: actionFunction(scope, 'ValidatePayment', {
      ...plain,
      entry: 'actions/validate-payment',
    }),
    RequestAuthorization: actionFunction(scope, 'RequestAuthorization', {
      ...settled,
      entry: 'actions/request-authorization',
    }),
    CheckCapture: actionFunction(scope, 'CheckCapture', { ...plain, entry: 'actions/check-capture' }),
    RequestCapture: actionFunction(scope, 'RequestCapture', { ...settled, entry: 'actions/request-capture' }),
    VoidAuthorization: actionFunction(scope, 'VoidAuthorization', {
      ...settled,
      entry: 'actions/void-authorization',
    }),
    RequestReversal: actionFunction(scope, 'RequestReversal', {
      ...settled,
      entry: 'actions/request-reversal',
    }),
    AskGateway: actionFunction(scope, 'AskGateway', { ...settled, entry: 'actions/ask-gateway' }),
    NoteAnswer: actionFunction(scope, 'NoteAnswer', { ...plain, entry: 'actions/note-answer' }),
  };
  const { createdSeconds, authorizedSeconds } = stage.payment;
  const numbers = { CreatedSeconds: createdSeconds, AuthorizedSeconds: authorizedSeconds };
  return new Flow(scope, 'Payment', { stage, name: 'payment', numbers, actions });
}
