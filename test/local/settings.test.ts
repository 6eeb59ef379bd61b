/** What the environment may say, and what is said of it where it may not. */
import { describe, expect, test } from '@jest/globals';
import { defaultSettings, settingsFrom, settingVariables } from '../../flows/mfa-login/settings.ts';
import { processSettings } from '../../local/settings.ts';

describe('the process', () => {
  test('has a default for everything', () => {
    expect(processSettings({})).toEqual({
      ...{ port: 3000, host: '127.0.0.1', dataDir: '.data' },
      gatewayDelayMs: 0,
    });
  });

  test.each(['0', '1', '8080', '65535'])('PORT=%j', (PORT) => {
    expect(processSettings({ PORT }).port).toBe(Number(PORT));
  });

  test.each(['http', '-1', '65536', '100000', '3000.5', ' 3000', '0x10', ''])('not PORT=%j', (PORT) => {
    expect(() => processSettings({ PORT })).toThrow('PORT must be a whole number from 0 to 65535');
  });

  test('another gateway has an address and a key', () => {
    const both = { GATEWAY_URL: 'https://api.stripe.com', GATEWAY_KEY: 'sk_test_1' };
    expect(processSettings(both).gateway).toEqual({ url: 'https://api.stripe.com', key: 'sk_test_1' });
    for (const name of ['GATEWAY_URL', 'GATEWAY_KEY'] as const)
      expect(() => processSettings({ [name]: both[name] })).toThrow(
        'GATEWAY_URL and GATEWAY_KEY go together',
      );
  });

  test('webhooks may have a secret of their own', () => {
    expect(processSettings({ STRIPE_WEBHOOK_SECRET: 'whsec_1' }).webhookSecret).toBe('whsec_1');
    expect(() => processSettings({ STRIPE_WEBHOOK_SECRET: '' })).toThrow('STRIPE_WEBHOOK_SECRET');
  });

  test.each(['GATEWAY_URL', 'FACTS_URL'])('%s must be an address', (name) => {
    for (const text of ['', 'api.stripe.com', 'ftp://host', 'http://'])
      expect(() => processSettings({ GATEWAY_KEY: 'k', [name]: text })).toThrow(`${name} must be an address`);
  });

  test.each(['https://host/v1', 'https://host?a', 'https://host/#a', 'https://me@host'])(
    'not GATEWAY_URL=%s: the library takes no more than a host',
    (GATEWAY_URL) => {
      expect(() => processSettings({ GATEWAY_KEY: 'k', GATEWAY_URL })).toThrow('without a path');
    },
  );

  test('the key goes in the clear to this machine only', () => {
    const url = (GATEWAY_URL: string) => () => processSettings({ GATEWAY_KEY: 'k', GATEWAY_URL });
    for (const host of ['gateway.example', 'localhost.example', '10.0.0.1', '[::2]'])
      expect(url(`http://${host}:80`)).toThrow('GATEWAY_URL must be an https address');
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]'])
      expect(url(`http://${host}:12111`)).not.toThrow();
  });

  test.each(['-1', '1.5', 'slow', '60001', ''])('not GATEWAY_DELAY_MS=%j', (GATEWAY_DELAY_MS) => {
    expect(() => processSettings({ GATEWAY_DELAY_MS })).toThrow('GATEWAY_DELAY_MS must be a whole number');
  });

  test('an empty DATA_DIR or HOST is refused by name', () => {
    expect(() => processSettings({ DATA_DIR: '' })).toThrow('DATA_DIR');
    expect(() => processSettings({ HOST: '' })).toThrow('HOST');
  });
});

describe.each(Object.entries(settingVariables))('%s', (variable, setting) => {
  test.each(['1', '7', '100000'])('=%j', (text) => {
    expect(settingsFrom({ [variable]: text })).toEqual({ ...defaultSettings, [setting]: Number(text) });
  });

  test.each(['0', '-1', 'five', '1.5', '1e3', ' 1', '01', '99999999999'])('not %j', (text) => {
    expect(() => settingsFrom({ [variable]: text })).toThrow(`${variable} must be a whole number from 1`);
  });

  test('left out or empty, the default', () => {
    expect(settingsFrom({ [variable]: '' })).toEqual(defaultSettings);
    expect(settingsFrom({})).toEqual(defaultSettings);
  });
});
