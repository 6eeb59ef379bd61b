/** What is traced: X-Ray keeps the messages of failed calls. */
import { expect, test } from '@jest/globals';
import './support.ts';

const { tracer } = await import('../../lambdas/telemetry.ts');
const { secrets, sns, stepFunctions } = await import('../../lambdas/clients.ts');

const captured: unknown[] = [];
tracer.captureAWSv3Client = (client) => {
  captured.push(client);
  return client;
};

test('calls of services that quote nothing are traced', () => {
  expect([secrets(), stepFunctions()]).toEqual(captured);
});

test('calls of SNS are not: it quotes the number that it refuses', () => {
  expect(captured).not.toContain(sns());
});
