import { expect, test } from '@jest/globals';
import type { Signal } from '../../core/ports.ts';
import { createObserver } from '../../lambdas/telemetry.ts';

function observed(signal: Signal) {
  const lines: [string, string, object][] = [];
  const counted: { [name: string]: number } = {};
  const level = (name: string) => (message: string, attributes: object) =>
    void lines.push([name, message, attributes]);
  const log = { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
  const meter = {
    addMetric: (name: string, _unit: string, value: number) => Object.assign(counted, { [name]: value }),
  };
  createObserver(log, meter)(signal);
  return { line: lines[0], lines: lines.length, counted };
}

const login = { flow: 'mfa-login', flowId: 'a' };
const effect = { ...login, type: 'effect', effect: 'a/1/1', kind: 'sms', attempt: 1 } as const;

test.each<[Signal, string, { [name: string]: number }]>([
  [{ ...login, type: 'delivered', event: 'E', status: 'applied', state: 'S' }, 'info', { EventApplied: 1 }],
  [
    { ...login, type: 'delivered', event: 'E', status: 'key-reused', state: '' },
    'info',
    { EventKeyReused: 1 },
  ],
  [{ ...login, type: 'conflict', event: 'E', attempt: 1 }, 'debug', { Conflict: 1 }],
  [{ ...login, type: 'clash', event: 'E', attempt: 1 }, 'debug', { Clash: 1 }],
  [{ ...login, type: 'unavailable', event: 'E', reason: 'r' }, 'warn', { Unavailable: 1 }],
  [{ ...effect, status: 'delivered' }, 'info', { EffectDelivered: 1 }],
  [{ ...effect, status: 'unknown' }, 'warn', { EffectUnknown: 1 }],
  [{ ...effect, status: 'failed' }, 'warn', { EffectFailed: 1 }],
  [{ ...effect, status: 'expired' }, 'warn', { EffectExpired: 1 }],
  [{ type: 'failure', where: 'api', subject: 's', error: 'e' }, 'error', { Failure: 1 }],
  [
    { type: 'reconciled', records: 3, entries: 2, failures: 1 },
    'info',
    { OverdueRecords: 3, OverdueEntries: 2, OverdueFailures: 1 },
  ],
])('%j', (signal, level, counts) => {
  const { line, lines, counted } = observed(signal);
  expect(lines).toBe(1);
  expect(line?.slice(0, 2)).toEqual([level, signal.type]);
  expect(counted).toEqual(counts);
});

test('the type of an event is logged under a name that the mask lets pass', () => {
  const { line } = observed({
    ...login,
    type: 'delivered',
    event: 'OtpSubmitted',
    status: 'applied',
    state: 'S',
  });
  expect(line?.[2]).toEqual({ ...login, eventType: 'OtpSubmitted', status: 'applied', state: 'S' });
});
