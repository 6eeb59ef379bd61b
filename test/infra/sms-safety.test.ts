/** What keeps strangers from spending our money on SMS. */
import { describe, expect, test } from '@jest/globals';
import { countries } from '../../infra/countries.ts';
import { ofType, one, synthesised } from './support.ts';

const none = synthesised();
const guarded = synthesised({ protectConfiguration: true, countries: 'US,DE', stage: 'production' });

/** The command that an output says, with references as their logical ids. */
function command(stack: typeof none, output: string): string {
  const { Value } = stack.template.toJSON()['Outputs'][output];
  if (typeof Value === 'string') return Value;
  return Value['Fn::Join'][1]
    .map((part: unknown) => (typeof part === 'string' ? part : Object.values(Object(part)).flat().join('.')))
    .join('');
}

test('the stack deploys where nobody knows the list of countries, unless it is asked for', () => {
  expect(ofType(none, 'AWS::SMSVOICE::ProtectConfiguration')).toEqual([]);
  expect(none.template.toJSON()['Outputs']).not.toHaveProperty('SetProtectConfiguration');
});

describe('the list of countries', () => {
  const [id, { Properties }] = one(guarded, 'AWS::SMSVOICE::ProtectConfiguration', 'SmsSafety');

  test('allows those of the stage, and blocks every other one by name: without a rule it would be allowed', () => {
    const { SMS: rules } = Properties['CountryRuleSet'] as {
      SMS: { CountryCode: string; ProtectStatus: string }[];
    };
    const codes = (status: string) =>
      rules.filter(({ ProtectStatus }) => ProtectStatus === status).map(({ CountryCode }) => CountryCode);
    expect(codes('ALLOW').sort()).toEqual(['DE', 'US']);
    expect(codes('BLOCK')).toEqual(countries.filter((code) => !['DE', 'US'].includes(code)));
  });

  test('cannot be deleted by accident in production', () => {
    expect(Properties['DeletionProtectionEnabled']).toBe(true);
  });

  test('becomes the default of the account by a command that the stack says', () => {
    expect(command(guarded, 'SetProtectConfiguration')).toBe(
      `aws pinpoint-sms-voice-v2 set-account-default-protect-configuration --region AWS::Region --protect-configuration-id ${id}.ProtectConfigurationId`,
    );
  });
});

test('there are 249 countries, each once', () => {
  expect(new Set(countries).size).toBe(249);
  expect(countries).toHaveLength(249);
  for (const code of countries) expect(code).toMatch(/^[A-Z]{2}$/);
});

test('the spending limit of the stage is a command that the stack says', () => {
  expect(command(none, 'SetSpendLimit')).toBe(
    'aws sns set-sms-attributes --region AWS::Region --attributes MonthlySpendLimit=1',
  );
  const other = synthesised({ limits: '{"smsMonthlyDollars":25}', region: 'eu-west-1' });
  expect(command(other, 'SetSpendLimit')).toBe(
    'aws sns set-sms-attributes --region eu-west-1 --attributes MonthlySpendLimit=25',
  );
});
