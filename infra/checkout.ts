import type { Construct } from 'constructs';
import { actionFunction } from './action-function.ts';
import { settingsOfOne } from './figures.ts';
import { Flow } from './flow.ts';
import type { Common } from './node-function.ts';
import type { Tables } from './tables.ts';

/** The checkout: its definition, and for each action a function. Only one of them reads: what there is in stock. */
export function checkoutFlow(scope: Construct, common: Common, { inventory }: Tables): Flow {
  const { stage } = common;
  const FLOW_SETTINGS = settingsOfOne(stage, 'checkout');
  const settled = { ...common, environment: { FLOW_SETTINGS }, memorySize: 256 };
  const plain = { ...common, environment: {}, memorySize: 256 };
  const actions = {
    ReserveInventory: actionFunction(scope, 'ReserveInventory', {
      ...common,
      entry: 'actions/reserve-inventory',
      environment: { TABLE_INVENTORY: inventory, FLOW_SETTINGS },
      memorySize: 256,
    }),
    CreatePaymentSession: actionFunction(scope, 'CreatePaymentSession', {
      ...settled,
      entry: 'actions/create-payment-session',
    }),
    KeepPaymentSession: actionFunction(scope, 'KeepPaymentSession', {
      ...settled,
      entry: 'actions/keep-payment-session',
    }),
    AskPaymentProvider: actionFunction(scope, 'AskPaymentProvider', {
      ...settled,
      entry: 'actions/ask-payment-provider',
    }),
    ExpirePaymentSession: actionFunction(scope, 'ExpirePaymentSession', {
      ...plain,
      entry: 'actions/expire-payment-session',
    }),
    ReleaseInventory: actionFunction(scope, 'ReleaseInventory', {
      ...plain,
      entry: 'actions/release-inventory',
    }),
    CommitInventory: actionFunction(scope, 'CommitInventory', {
      ...plain,
      entry: 'actions/commit-inventory',
    }),
    RestockInventory: actionFunction(scope, 'RestockInventory', {
      ...plain,
      entry: 'actions/restock-inventory',
    }),
    SendFulfilmentCommand: actionFunction(scope, 'SendFulfilmentCommand', {
      ...settled,
      entry: 'actions/send-fulfilment-command',
    }),
    AskWarehouse: actionFunction(scope, 'AskWarehouse', { ...settled, entry: 'actions/ask-warehouse' }),
    RefundPayment: actionFunction(scope, 'RefundPayment', { ...settled, entry: 'actions/refund-payment' }),
    NoteRefund: actionFunction(scope, 'NoteRefund', { ...plain, entry: 'actions/note-refund' }),
    NoteFulfilment: actionFunction(scope, 'NoteFulfilment', { ...plain, entry: 'actions/note-fulfilment' }),
  };
  const numbers = { FulfilmentSeconds: stage.checkout.fulfilmentSeconds };
  return new Flow(scope, 'Checkout', { stage, name: 'checkout', numbers, actions });
}
