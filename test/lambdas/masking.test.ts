import { LogItem } from '@aws-lambda-powertools/logger';
import type { UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { describe, expect, test } from '@jest/globals';
import { MaskingFormatter } from '../../lambdas/log-formatter.ts';
import { mask, maskText } from '../../lambdas/masking.ts';

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2lnbmF0dXJl-_0';

describe('in a text', () => {
  test.each([
    ['sent to +15555550100.', 'sent to [phone].'],
    ['+441632960961,+4915112345678', '[phone],[phone]'],
    ['your code is 123456', 'your code is [code]'],
    ['123456 is your sign-in code', '[code] is your sign-in code'],
    ['"code":"000000"', '"code":"[code]"'],
    [`Authorization: Bearer ${jwt}`, 'Authorization: Bearer [hidden]'],
    ['authorization: bearer abc.def~g==', 'authorization: Bearer [hidden]'],
    [`token ${jwt} expired`, 'token [token] expired'],
    ['Unexpected token in "eyJrdHkiOiJFQyIs', 'Unexpected token in "[token]'],
  ])('%s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  test.each([
    '2026-11-24T12:00:00.000Z',
    '2026-11-24T12:00:00+01:00',
    '1-5759e988-bd862e3fe1be46a994272793',
    'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    'Zk3vX0b1Q2e4R5t6Y7u8iA/2/1',
    'took 12345 ms of 1234567',
  ])('%s stays as it is', (text) => {
    expect(maskText(text)).toBe(text);
  });
});

describe('in a value', () => {
  test('fields of these names are hidden, whatever they hold and however deep', () => {
    const value = {
      password: 'x',
      Password: { nested: 1 },
      newPassword: 'x',
      code: 123456,
      accessToken: 'x',
      token: ['x'],
      phone: 'x',
      homePhone: 'x',
      body: 'x',
      deep: [{ list: [{ payload: { username: 'demo' }, authorization: 'x' }] }],
      event: { id: 'e' },
    };
    const text = JSON.stringify(mask(value));
    expect(text).not.toMatch(/"x"|123456|demo|nested/);
    expect(text.match(/\[hidden\]/g)).toHaveLength(12);
  });

  test('names that only resemble them stay', () => {
    const value = { statusCode: 200, codeCounter: 3, tokens: 2, eventType: 'OtpSubmitted', phoneCount: 1 };
    expect(mask(value)).toEqual(value);
  });

  test('an error is masked in its message, stack and fields; its cause stays behind', () => {
    const error = Object.assign(new Error('to +15555550100 failed', { cause: new Error('code 123456') }), {
      code: 'secret',
      detail: { last: 'was 654321' },
    });
    const masked = JSON.stringify(mask({ error }));
    expect(masked).toContain('to [phone] failed');
    expect(masked).toContain('"name":"Error"');
    expect(masked).not.toMatch(/5555550100|123456|654321|"secret"/);
  });

  test('keys are masked too, and what has no plain form is hidden', () => {
    const value = {
      '+15555550100': 1,
      buffer: Buffer.from('123456'),
      map: new Map([['a', 'b']]),
      at: new Date(0),
    };
    expect(mask(value)).toEqual({
      '[phone]': 1,
      buffer: '[hidden]',
      map: '[hidden]',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  test('a circle ends', () => {
    const value: { [name: string]: unknown } = { n: 1 };
    value['self'] = value;
    expect(mask(value)).toEqual({ n: 1, self: '[circular]' });
    const twice = { m: 1 };
    expect(mask([twice, twice])).toEqual([twice, twice]);
  });

  test('the original is left as it is', () => {
    const value = { list: ['123456'] };
    mask(value);
    expect(value).toEqual({ list: ['123456'] });
  });
});

test('the log formatter masks the message and everything beside it', () => {
  const attributes = {
    logLevel: 'ERROR',
    message: 'sent 123456',
    timestamp: new Date(0),
    serviceName: 'detent',
    lambdaContext: { functionName: 'f', awsRequestId: 'r', coldStart: true },
  } as UnformattedAttributes;
  const item = new MaskingFormatter().formatAttributes(attributes, {
    error: new Error('no +15555550100'),
    password: 'x',
  });
  expect(item).toBeInstanceOf(LogItem);
  expect(item.getAttributes()).toMatchObject({
    level: 'ERROR',
    message: 'sent [code]',
    timestamp: '1970-01-01T00:00:00.000Z',
    function_request_id: 'r',
    error: { name: 'Error', message: 'no [phone]' },
    password: '[hidden]',
  });
});
