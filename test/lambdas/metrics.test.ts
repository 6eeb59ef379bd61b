/** What alarms and dashboards are built on: names, dimensions and units of metrics. */
import { describe, expect, test } from '@jest/globals';
import type { Signal } from '../../core/ports.ts';
import { documentOf } from '../../lambdas/metrics.ts';

const login = { flow: 'mfa-login', flowId: 'a' };
const delivered = { ...login, type: 'delivered', event: 'OtpSubmitted', state: 'LoggedIn' } as const;
const effect = { ...login, type: 'effect', effect: 'a/1/1', kind: 'sms', attempt: 1 } as const;

/**
 * What CloudWatch makes of a document, by its specification: each metric, with the values of each set of dimensions.
 */
function extracted(signal: Signal) {
  const document = documentOf(signal, 5, 'a');
  const { Timestamp, CloudWatchMetrics } = document._aws;
  expect(Timestamp).toBe(5);
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) => {
    expect(Namespace).toBe('Detent');
    return Metrics.map(({ Name, Unit }) => ({
      [Name]: document[Name],
      unit: Unit,
      sets: Dimensions.map((names) => Object.fromEntries(names.map((name) => [name, document[name]]))),
    }));
  });
}

const service = { service: 'detent' };
const flow = { ...service, flow: 'mfa-login' };

test.each([
  ['applied', 'EventApplied'],
  ['deferred', 'EventDeferred'],
  ['rejected', 'EventRejected'],
  ['not-found', 'EventNotFound'],
  ['key-reused', 'EventKeyReused'],
  ['conflict', 'EventConflict'],
  ['unavailable', 'EventUnavailable'],
])('an event that was %s: %s, by flow, and by event and state', (status, metric) => {
  expect(extracted({ ...delivered, status })).toEqual([
    {
      [metric]: 1,
      unit: 'Count',
      sets: [service, flow, { ...flow, event: 'OtpSubmitted', state: 'LoggedIn' }],
    },
  ]);
});

test('no dimension is empty: CloudWatch would drop the metric', () => {
  const [{ sets } = { sets: [] }] = extracted({ ...delivered, status: 'not-found', state: '' });
  expect(sets.at(-1)).toEqual({ ...flow, event: 'OtpSubmitted', state: 'None' });
});

test.each([
  [{ ...login, type: 'conflict', event: 'E', attempt: 3 }, 'Conflict'],
  [{ ...login, type: 'clash', event: 'E', attempt: 3 }, 'Clash'],
  [{ ...login, type: 'unavailable', event: 'E', reason: 'r' }, 'Unavailable'],
] as const)('%j: %s, by flow', (signal, metric) => {
  expect(extracted(signal)).toEqual([{ [metric]: 1, unit: 'Count', sets: [service, flow] }]);
});

test.each([
  ['pending', 'EffectPending'],
  ['delivered', 'EffectDelivered'],
  ['failed', 'EffectFailed'],
  ['unknown', 'EffectUnknown'],
  ['expired', 'EffectExpired'],
])('an effect that is %s: %s, by flow, and by kind', (status, metric) => {
  expect(extracted({ ...effect, status })).toEqual([
    { [metric]: 1, unit: 'Count', sets: [service, flow, { ...flow, kind: 'sms' }] },
  ]);
});

test('a pass of the reconciler: what was overdue, and for how long', () => {
  const signal = { type: 'reconciled', records: 3, entries: 2, failures: 1, oldestSeconds: 90.5 } as const;
  expect(extracted(signal)).toEqual([
    { OverdueRecords: 3, unit: 'Count', sets: [service] },
    { OverdueEntries: 2, unit: 'Count', sets: [service] },
    { OverdueFailures: 1, unit: 'Count', sets: [service] },
    { OldestUndeliveredEntry: 90.5, unit: 'Seconds', sets: [service] },
  ]);
});

test('an alarm: by flow, and by reason', () => {
  const signal = { type: 'alarm', flow: 'checkout', flowId: 'a', reason: 'RefundRefused' } as const;
  const checkout = { ...service, flow: 'checkout' };
  expect(extracted(signal)).toEqual([
    { Alarm: 1, unit: 'Count', sets: [service, checkout, { ...checkout, reason: 'RefundRefused' }] },
  ]);
});

test('a failure', () => {
  const signal = { type: 'failure', where: 'relay', subject: 's', error: 'e' } as const;
  expect(extracted(signal)).toEqual([{ Failure: 1, unit: 'Count', sets: [service] }]);
});

describe('the instance', () => {
  test('is a field to search for, and no dimension: each would be a metric to pay for', () => {
    const document = documentOf({ ...delivered, status: 'applied' }, 5, 'a');
    expect(document).toMatchObject({ correlation_id: 'a' });
    expect(JSON.stringify(document._aws)).not.toContain('correlation_id');
  });
});
