import { expect, test } from '@jest/globals';
import type { Signal } from '../../core/ports.ts';
import type { MetricDocument } from '../../lambdas/metrics.ts';
import { createObserver } from '../../lambdas/telemetry.ts';

function observed(signal: Signal) {
  const lines: [string, string, { [name: string]: unknown }][] = [];
  const documents: MetricDocument[] = [];
  const level = (name: string) => (message: string, attributes: object) =>
    void lines.push([name, message, { ...attributes }]);
  const log = { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
  createObserver(log, (document) => documents.push(document), { now: () => 1_000 })(signal);
  return { line: lines[0], lines: lines.length, documents };
}

const login = { flow: 'mfa-login', flowId: 'a' };
const effect = { ...login, type: 'effect', effect: 'a/1/1', kind: 'sms', attempt: 1 } as const;
const pass = { type: 'reconciled', records: 3, entries: 2, failures: 1, oldestSeconds: 90 } as const;

test.each<[Signal, string]>([
  [{ ...login, type: 'delivered', event: 'E', status: 'applied', state: 'S' }, 'info'],
  [{ ...login, type: 'conflict', event: 'E', attempt: 1 }, 'debug'],
  [{ ...login, type: 'clash', event: 'E', attempt: 1 }, 'debug'],
  [{ ...login, type: 'unavailable', event: 'E', reason: 'r' }, 'warn'],
  [{ ...effect, status: 'delivered' }, 'info'],
  [{ ...effect, status: 'unknown' }, 'warn'],
  [{ ...effect, status: 'failed' }, 'warn'],
  [{ ...effect, status: 'expired' }, 'warn'],
  [{ type: 'failure', where: 'api', subject: 's', error: 'e' }, 'error'],
  [{ ...login, type: 'alarm', reason: 'r' }, 'error'],
  [pass, 'info'],
])('%j is one line and one document', (signal, level) => {
  const { line, lines, documents } = observed(signal);
  expect([lines, documents.length]).toEqual([1, 1]);
  expect(line?.slice(0, 2)).toEqual([level, signal.type]);
});

test('a signal is written as it is counted, past any level of the log', () => {
  const { documents } = observed({ ...login, type: 'clash', event: 'E', attempt: 1 });
  expect(documents).toMatchObject([{ _aws: { Timestamp: 1_000 }, Clash: 1, correlation_id: 'a' }]);
});

test('the type of an event is logged under a name that the mask lets pass', () => {
  const { line } = observed({
    ...login,
    type: 'delivered',
    event: 'OtpSubmitted',
    status: 'applied',
    state: 'S',
  });
  const logged = { ...login, eventType: 'OtpSubmitted', status: 'applied', state: 'S' };
  expect(line?.[2]).toEqual({ ...logged, correlation_id: 'a' });
});

test.each([
  ['deliver', 'Zk3v-X0', 'Zk3v-X0'],
  ['deferred', 'Zk3v-X0', 'Zk3v-X0'],
  ['relay', 'Zk3v-X0/2/1', 'Zk3v-X0'],
  ['relay', 'mfa-login#Zk3v-X0', 'Zk3v-X0'],
  ['relay', '', undefined],
  ['reconciler', 'mfa-login#Zk3v-X0/entry#0000000002', 'Zk3v-X0'],
  ['reconciler', 'mfa-login#Zk3v-X0/record', 'Zk3v-X0'],
  ['api', 'logins', undefined],
  ['intake', 'warehouse', undefined],
])('a failure of %s about "%s" belongs to the instance %s', (where, subject, flowId) => {
  const { line, documents } = observed({ type: 'failure', where, subject, error: 'e' });
  expect(line?.[2]['correlation_id']).toBe(flowId);
  expect(documents[0]?.['correlation_id']).toBe(flowId);
});

test('a pass of the reconciler is about no instance', () => {
  const { line, documents } = observed(pass);
  expect(line?.[2]).not.toHaveProperty('correlation_id');
  expect(documents[0]).not.toHaveProperty('correlation_id');
});
