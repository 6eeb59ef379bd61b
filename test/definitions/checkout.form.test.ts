/** The definition of the checkout as it stands: its language, its states, what it makes of what actions say. */
import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { rows } from '../../core/definition.ts';
import type { JsonObject } from '../../core/types.ts';
import { checkout, checkoutActions } from '../../flows/checkout/index.ts';
import { defaultCheckoutSettings } from '../../flows/checkout/settings.ts';
import asl from '../../state-definitions/checkout.asl.json' with { type: 'json' };
import { lint } from './asl-lint.ts';
import { objects, states, texts } from './asl-walk.ts';
import { final, table, waiting } from './checkout.table.ts';
import { stableStates } from './rules/machine.ts';

const { definition } = checkout(defaultCheckoutSettings);
const raw = asl as unknown as JsonObject;

test('is valid, and keeps to the part of the language that runs alike everywhere', () => {
  for (const one of [asl, definition]) {
    expect(validate(one).errorsText()).toBe('');
    expect(lint(one)).toEqual([]);
  }
});

test('has the states of the table, final ones without a deadline and the others with one', () => {
  const found = stableStates(raw).map(({ name, output }) => [
    name,
    output['final'],
    'deadlineSeconds' in output || 'deadlineSeconds.$' in output,
  ]);
  expect(found.sort()).toEqual(
    [...waiting.map((name) => [name, undefined, true]), ...final.map((name) => [name, true, false])].sort(),
  );
});

test('has the rows of the table, and no other', () => {
  const its = rows(definition).map(({ state, event }) => `${event} in ${state}`);
  const ours = new Set(table.map(({ state, event }) => `${event} in ${state}`));
  expect(its.sort()).toEqual([...ours].sort());
});

describe('what actions say', () => {
  /** Outcomes that no Choice names: those that a Default is for, and those of actions that say one thing only. */
  const byDefault: { [action: string]: string[] } = {
    ReserveInventory: ['SkuUnknown', 'TotalTooLarge', 'OrderInvalid'],
    CreatePaymentSession: ['SessionRequested'],
    KeepPaymentSession: ['SessionKept'],
    AskPaymentProvider: ['ProviderAsked'],
    ExpirePaymentSession: ['SessionExpiryRequested'],
    ReleaseInventory: ['StockReleased'],
    CommitInventory: ['StockCommitted'],
    RestockInventory: ['CommandRepeated'],
    SendFulfilmentCommand: ['FulfilmentCommanded'],
    RefundPayment: ['RefundRequested'],
    NoteFulfilment: ['FulfilledAfterRefund'],
  };

  test.each(checkoutActions(defaultCheckoutSettings))(
    '$name: every outcome leads somewhere on purpose, and none is named in vain',
    ({ name, outcomes: declared }) => {
      const all = states(raw);
      const next = all.find((one) => one.name === name)?.fields['Next'];
      const choice = all.find((one) => one.name === next && one.type === 'Choice');
      const choices = objects(choice?.fields['Choices']).filter(
        ({ Variable }) => Variable === '$.step.outcome',
      );
      const named = texts(choices.map(({ StringEquals }) => StringEquals ?? null));
      expect([...named, ...(byDefault[name] ?? [])].sort()).toEqual([...declared].sort());
    },
  );
});
