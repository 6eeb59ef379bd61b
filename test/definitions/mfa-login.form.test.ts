/** The definition of the login as it stands: its language, its states, what it makes of what actions say. */
import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { rows } from '../../core/definition.ts';
import type { JsonObject } from '../../core/types.ts';
import { mfaLogin, mfaLoginActions } from '../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import asl from '../../state-definitions/mfa-login.asl.json' with { type: 'json' };
import { lint } from './asl-lint.ts';
import { objects, states, texts } from './asl-walk.ts';
import { final, waiting } from './mfa-login.table.ts';
import { stableStates } from './rules/machine.ts';

const { definition } = mfaLogin(defaultSettings);
const raw = asl as unknown as JsonObject;
const actions = mfaLoginActions(defaultSettings);

describe('the definition', () => {
  test('is valid, as it stands in its file and with its figures filled in', () => {
    expect(validate(asl).errorsText()).toBe('');
    expect(validate(definition).errorsText()).toBe('');
  });

  test('keeps to the part of the language that runs alike everywhere', () => {
    expect(lint(asl)).toEqual([]);
    expect(lint(definition)).toEqual([]);
  });

  test('has the states of the table, final ones without a deadline and the others with one', () => {
    const found = stableStates(raw).map(({ name, output }) => [
      name,
      output['final'],
      'deadlineSeconds' in output,
    ]);
    expect(found.sort()).toEqual(
      [...waiting.map((name) => [name, undefined, true]), ...final.map((name) => [name, true, false])].sort(),
    );
  });

  test('has a row for DeadlinePassed in every state that waits', () => {
    const left = rows(definition).filter(({ event }) => event === 'DeadlinePassed');
    expect(left.map(({ state }) => state).sort()).toEqual([...waiting].sort());
  });
});

describe('what actions say', () => {
  /** Outcomes that no Choice names: what the Default after the action is for. */
  const byDefault: { [action: string]: string[] } = {
    VerifyPassword: ['PasswordRefused'],
    SendOtpSms: ['ResendTooEarly', 'ResendTooLate', 'NoResendsLeft', 'ResendThrottled'],
    VerifyOtp: ['OtpTooLate'],
    // It says one thing only: no Choice follows.
    MintSession: ['SessionMinted'],
  };

  test.each(actions)(
    '$name: every outcome leads somewhere on purpose, and none is named in vain',
    ({ name, outcomes: declared }) => {
      const all = states(raw);
      const next = all.find((one) => one.name === name)?.fields['Next'];
      const choice = all.find((one) => one.name === next && one.type === 'Choice');
      const choices = objects(choice?.fields['Choices']);
      expect(choices.every(({ Variable }) => Variable === '$.step.outcome')).toBe(true);
      const named = texts(choices.map(({ StringEquals }) => StringEquals ?? null));
      expect([...named, ...(byDefault[name] ?? [])].sort()).toEqual([...declared].sort());
    },
  );

  test('every error that the definition names is one of the language itself', () => {
    const all = states(raw, 'Task').flatMap(({ fields }) => [
      ...objects(fields['Retry']),
      ...objects(fields['Catch']),
    ]);
    const errors = new Set(all.flatMap(({ ErrorEquals }) => texts(ErrorEquals)));
    expect([...errors].sort()).toEqual(['States.ALL', 'States.TaskFailed', 'States.Timeout']);
  });
});
