/** What the environment may say, and what is said of it where it may not. */
import { describe, expect, test } from '@jest/globals';
import { defaultSettings, settingsFrom, settingVariables } from '../../flows/mfa-login/settings.ts';
import { processSettings } from '../../local/settings.ts';

describe('the process', () => {
  test('has a default for everything', () => {
    expect(processSettings({})).toEqual({ port: 3000, host: '127.0.0.1', dataDir: '.data' });
  });

  test.each(['0', '1', '8080', '65535'])('PORT=%j', (PORT) => {
    expect(processSettings({ PORT }).port).toBe(Number(PORT));
  });

  test.each(['http', '-1', '65536', '100000', '3000.5', ' 3000', '0x10', ''])('not PORT=%j', (PORT) => {
    expect(() => processSettings({ PORT })).toThrow('PORT must be a whole number from 0 to 65535');
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
