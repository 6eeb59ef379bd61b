import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { stageOf } from '../../infra/stage.ts';
import { one, synthesised } from './support.ts';

const stage = (context: { [name: string]: unknown }) => stageOf(new App({ context }).node);

test('without a context it is dev, with the default figures', () => {
  expect(stage({})).toMatchObject({ name: 'dev', deletionProtection: false, mfaLogin: defaultSettings });
});

test.each([['{"codeSeconds":120}'], [{ codeSeconds: 120 }]])('figures may be changed: %j', (mfaLogin) => {
  expect(stage({ mfaLogin }).mfaLogin).toEqual({ ...defaultSettings, codeSeconds: 120 });
});

describe('a context that is wrong is named', () => {
  test.each([
    [{ stage: 'prod' }, 'stage: Invalid option: expected one of "dev"|"production"'],
    [{ mfaLogin: '{"codeSeconds":5}' }, 'mfaLogin.codeSeconds: Too small'],
    [{ mfaLogin: { attemps: 5 } }, 'mfaLogin: Unrecognized key: "attemps"'],
    [{ mfaLogin: 'codeSeconds=5' }, 'mfaLogin: Invalid input: expected object'],
  ])('%j', (context, message) => {
    expect(() => stage(context)).toThrow(message);
  });
});

test('a figure has one source: the definition and the functions get the same', () => {
  const stack = synthesised({ mfaLogin: { codeSeconds: 120, sessionSeconds: 600 } });
  const [, machine] = one(stack, 'AWS::StepFunctions::StateMachine', 'MfaLogin');
  const { States } = JSON.parse(String(machine.Properties['DefinitionString']));
  expect(States.WaitForOtpInput.Parameters.deadlineSeconds).toBe(120);
  expect(States.LoggedIn.Parameters.deadlineSeconds).toBe(600);
  for (const id of ['SendOtpSms', 'ApiFunction']) {
    const [, { Properties }] = one(stack, 'AWS::Lambda::Function', id);
    const { Variables } = Properties['Environment'] as { Variables: { MFA_LOGIN_SETTINGS: string } };
    expect(JSON.parse(Variables.MFA_LOGIN_SETTINGS)).toMatchObject({ codeSeconds: 120, sessionSeconds: 600 });
  }
});
