import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { secretsClient } from '../../adapters/aws/clients.ts';
import { createSecrets } from '../../adapters/aws/secrets.ts';
import type { Secrets } from '../../core/ports.ts';
import { TestClock } from '../support/clock.ts';

const mock = mockClient(SecretsManagerClient);
let clock: TestClock;
let secret: Secrets;

beforeEach(() => {
  mock.reset();
  clock = new TestClock();
  secret = createSecrets(secretsClient(), { otp: 'arn:otp', signing: 'arn:signing' }, clock);
});
afterAll(() => mock.restore());

const calls = () => mock.commandCalls(GetSecretValueCommand).map(({ args: [{ input }] }) => input.SecretId);
const down = () => mock.on(GetSecretValueCommand).rejects(Object.assign(new Error('x'), { name: 'Down' }));

test('asks once, by the physical id, for as many as want it at the same time', async () => {
  mock.on(GetSecretValueCommand).resolves({ SecretString: 'value' });
  expect(await Promise.all([secret('otp'), secret('otp'), secret('otp')])).toEqual(Array(3).fill('value'));
  expect(await secret('otp')).toBe('value');
  expect(calls()).toEqual(['arn:otp']);
});

test('asks again after five minutes', async () => {
  mock.on(GetSecretValueCommand).resolvesOnce({ SecretString: 'old' }).resolves({ SecretString: 'new' });
  expect(await secret('otp')).toBe('old');
  clock.advance(299_999);
  expect(await secret('otp')).toBe('old');
  clock.advance(1);
  expect(await secret('otp')).toBe('new');
  expect(calls()).toHaveLength(2);
});

test('goes on with the old value while no new one can be had', async () => {
  mock.on(GetSecretValueCommand).resolves({ SecretString: 'old' });
  await secret('otp');
  down();
  clock.advance(300_000);
  expect(await secret('otp')).toBe('old');
  expect(await secret('otp')).toBe('old');
  expect(calls()).toHaveLength(2);
  mock.on(GetSecretValueCommand).resolves({ SecretString: 'new' });
  clock.advance(30_000);
  expect(await secret('otp')).toBe('new');
});

test('a failure is not kept', async () => {
  down();
  await expect(secret('otp')).rejects.toMatchObject({
    code: 'secret-unavailable',
    advice: 'retry',
    message: 'the secret otp cannot be read: Down',
  });
  mock.on(GetSecretValueCommand).resolves({ SecretString: 'value' });
  expect(await secret('otp')).toBe('value');
});

test.each([undefined, ''])('a secret that is still empty (%p) is unavailable', async (SecretString) => {
  mock.on(GetSecretValueCommand).resolves(SecretString === undefined ? {} : { SecretString });
  await expect(secret('signing')).rejects.toMatchObject({ code: 'secret-unavailable' });
});

test('a name without an id is unavailable, without a call', async () => {
  await expect(secret('requests')).rejects.toMatchObject({ code: 'secret-unavailable' });
  expect(calls()).toEqual([]);
});
