/** Actions as functions of their own: what Step Functions gets back, and what they reach. */

import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import * as z from 'zod';
import type { TaskInput } from '../../core/action.ts';
import { type ActionHandler, captureOutput, context, fakeSecrets } from './support.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
const secrets = fakeSecrets();
const output = captureOutput();
const sendOtpSms = (await import('../../lambdas/actions/send-otp-sms.ts'))
  .handler as unknown as ActionHandler;
const { handlerOf } = await import('../../lambdas/action-handler.ts');
const mintSession = (await import('../../lambdas/actions/mint-session.ts'))
  .handler as unknown as ActionHandler;

beforeEach(() => void dynamo.reset());
afterAll(() => {
  output.restore();
  dynamo.restore();
  secrets.restore();
});

const identified = { sub: 'demo', phone: '+15555550100', source: 's' };
const task = (data: TaskInput['step']['data']): TaskInput => ({
  flow: { name: 'mfa-login', id: 'a', state: 'New', version: 0 },
  event: { id: 'e', type: 'LoginRequested', payload: {}, at: '2026-01-01T00:00:00.000Z' },
  now: '2026-01-01T00:00:00.000Z',
  step: { data, effects: [], facts: [], writes: [], reply: {}, outcome: '' },
});

test('an action reads its table, and gives back the step', async () => {
  dynamo.on(GetCommand).resolves({});
  expect(await sendOtpSms(task(identified), context)).toMatchObject({
    outcome: 'OtpSent',
    facts: [{ type: 'OtpSent' }],
    effects: [{ id: 'a/1/1', kind: 'sms' }],
    writes: [{ op: 'put', key: { table: 'quotas' } }],
  });
  expect(dynamo.commandCalls(GetCommand)[0]?.args[0].input).toMatchObject({ TableName: 'quotas-1' });
});

test('an action without a table asks for none', async () => {
  const challenged = {
    ...identified,
    codeCounter: 1,
    expiresAt: '2026-01-01T00:05:00.000Z',
    attemptsLeft: 3,
    resendsLeft: 3,
    resendAvailableAt: '2026-01-01T00:00:30.000Z',
    smsRetriesLeft: 2,
    smsVersion: 1,
  };
  const { outcome, reply } = await mintSession(task(challenged), context);
  expect(outcome).toBe('SessionMinted');
  expect(output.text()).not.toContain(String(reply['token']));
  expect(dynamo.calls()).toEqual([]);
});

test('input of the wrong shape is named, not quoted', async () => {
  await expect(mintSession(task({ sub: 'hunter2' }), context)).rejects.toMatchObject({
    name: 'Detent.invalid-action-input',
    message: expect.not.stringContaining('hunter2'),
  });
});

test('a table that is down is an error, for the definition to catch', async () => {
  dynamo.on(GetCommand).rejects(Object.assign(new Error('x'), { name: 'InternalServerError' }));
  await expect(sendOtpSms(task(identified), context)).rejects.toMatchObject({
    name: 'Detent.table-unavailable',
  });
});

test('an action says what it did, in whose login, and counts nothing: the engine does', async () => {
  dynamo.on(GetCommand).resolves({});
  const before = output.lines().length;
  await sendOtpSms(task(identified), context);
  expect(output.lines().slice(before)).toEqual([
    expect.objectContaining({
      message: 'performed',
      action: 'SendOtpSms',
      outcome: 'OtpSent',
      flow: 'mfa-login',
      eventType: 'LoginRequested',
      correlation_id: 'a',
    }),
  ]);
});

describe('a function that does not hand its action what it declares does not start', () => {
  const action = { name: 'A', outcomes: [], data: z.any(), payload: z.any(), run: () => ({ outcome: 'x' }) };

  test.each([
    ['the table users', { ...action, reads: 'users' }],
    ['the secrets otp, identity', { ...action, secrets: ['otp', 'identity'] }],
  ])('%s', (what, declared) => {
    expect(() => handlerOf(declared)).toThrow(`A declares ${what}`);
  });

  test('nothing declared, nothing asked', () => {
    expect(handlerOf({ ...action, secrets: [] })).toEqual(expect.any(Function));
  });
});
