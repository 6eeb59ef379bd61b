import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { defaultCheckoutSettings } from '../../flows/checkout/settings.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { defaultPaymentSettings } from '../../flows/payment/settings.ts';
import { stageFrom, stageOf } from '../../infra/stage.ts';
import { one, synthesised } from './support.ts';

const stage = (context: { [name: string]: unknown }) => stageOf(new App({ context }).node);

test('without a context it is dev, with the default figures', () => {
  expect(stage({})).toMatchObject({
    name: 'dev',
    deletionProtection: false,
    countries: ['US'],
    protectConfiguration: false,
    metricMath: true,
    tlsOnly: true,
    mfaLogin: defaultSettings,
    payment: defaultPaymentSettings,
    checkout: defaultCheckoutSettings,
    gatewayUrl: 'https://api.stripe.com',
  });
  expect(stage({})).not.toHaveProperty('region');
  expect(stage({})).not.toHaveProperty('alarmEmail');
});

test('50 logins may begin at once in dev: each is a few requests', () => {
  const { requestsPerSecond, burst } = stage({}).limits;
  expect(burst).toBeGreaterThanOrEqual(200);
  expect(requestsPerSecond).toBeGreaterThanOrEqual(100);
});

test.each([['{"codeSeconds":120}'], [{ codeSeconds: 120 }]])('figures may be changed: %j', (mfaLogin) => {
  expect(stage({ mfaLogin }).mfaLogin).toEqual({ ...defaultSettings, codeSeconds: 120 });
});

test.each([['{"createdSeconds":120}'], [{ createdSeconds: 120 }]])(
  'so may those of the payment: %j',
  (payment) => {
    expect(stage({ payment }).payment).toEqual({ ...defaultPaymentSettings, createdSeconds: 120 });
  },
);

test('and those of the checkout, with where customers go', () => {
  const checkout = '{"currency":"USD","returnUrl":"https://shop.example/{checkoutId}"}';
  expect(stage({ checkout }).checkout).toEqual({ ...defaultCheckoutSettings, ...JSON.parse(checkout) });
  expect(stage({ warehouseAccount: '444455556666' })).toMatchObject({ warehouseAccount: '444455556666' });
});

test.each([['US,CA'], [' US , CA,US'], ['["US","CA"]'], [['US', 'CA']]])('countries: %j', (countries) => {
  expect(stage({ countries }).countries).toEqual(['US', 'CA']);
});

test.each([['{"smsPerMinute":7}'], [{ smsPerMinute: 7 }]])('some limits: %j', (limits) => {
  expect(stage({ stage: 'staging', limits }).limits).toEqual({
    ...stage({ stage: 'staging' }).limits,
    smsPerMinute: 7,
  });
});

test.each([
  ['true', true],
  [true, true],
  ['false', false],
])('a switch: %j', (given, protectConfiguration) => {
  expect(stage({ protectConfiguration: given })).toMatchObject({ protectConfiguration });
});

test.each([
  [{}, false],
  [{ countries: 'US,CA' }, true],
  [{ countries: 'US,CA', protectConfiguration: 'false' }, false],
])('who names countries has the others blocked: %j', (given, protectConfiguration) => {
  expect(stageFrom(given)).toMatchObject({ protectConfiguration });
});

test('staging is like production, but for what outlives the stack', () => {
  const { name, limits, removalPolicy, deletionProtection, ...others } = stageFrom({ stage: 'staging' });
  expect([name, removalPolicy, deletionProtection]).toEqual(['staging', 'destroy', false]);
  expect(stageFrom({ stage: 'production' })).toMatchObject({
    ...others,
    ...{ removalPolicy: 'retain', deletionProtection: true },
    limits: { requestsPerSecond: limits.requestsPerSecond, burst: limits.burst },
  });
});

test('what the context does not say is taken from the defaults that the caller has', () => {
  const { node } = new App({ context: { metricMath: 'true' } });
  const defaults = { region: 'eu-west-1', metricMath: false };
  expect(stageOf(node, defaults)).toMatchObject({ region: 'eu-west-1', metricMath: true });
  const other = new App({ context: { region: 'us-gov-west-1' } });
  expect(stageOf(other.node, defaults)).toMatchObject({ region: 'us-gov-west-1', metricMath: false });
});

describe('a context that is wrong is named, with what it was and what it may be', () => {
  test.each([
    [
      { stage: 'prod' },
      'stage: Invalid option: expected one of "dev"|"staging"|"production", but was "prod"',
    ],
    [{ region: 'mars' }, 'region: Must be the name of an AWS region, such as eu-west-1, but was "mars"'],
    [{ countries: 'US,Xx' }, 'countries.1: Must be a code of ISO 3166-1 alpha-2, such as US, but was "Xx"'],
    [{ countries: ['ZZ'] }, 'countries.0: Must be a code of ISO 3166-1 alpha-2, such as US, but was "ZZ"'],
    [{ countries: '[]' }, 'countries: Too small: expected array to have >=1 items, but was "[]"'],
    [{ limits: '{"burst":0}' }, 'limits.burst: Too small: expected number to be >=1, but was 0'],
    [{ limits: { burst: 1e6 } }, 'limits.burst: Too big: expected number to be <=5000, but was 1000000'],
    [
      { limits: '{"bust":1}' },
      'limits: Unrecognized key: "bust", may be requestsPerSecond, burst, smsMonthlyDollars, smsPerMinute',
    ],
    [{ alarmEmail: 'me' }, 'alarmEmail: Must be an e-mail address, but was "me"'],
    [{ protectConfiguration: 'yes' }, 'protectConfiguration: Invalid input: expected boolean'],
    [
      { mfaLogin: '{"codeSeconds":5}' },
      'mfaLogin.codeSeconds: Too small: expected number to be >=30, but was 5',
    ],
    [{ mfaLogin: { attemps: 5 } }, 'mfaLogin: Unrecognized key: "attemps", may be codeSeconds, attempts'],
    [{ mfaLogin: 'codeSeconds=5' }, 'mfaLogin: Invalid input: expected object'],
    [
      { payment: { capturedSeconds: 5 } },
      'payment: Unrecognized key: "capturedSeconds", may be createdSeconds',
    ],
    [
      { checkout: { returnUrl: 'shop' } },
      'checkout.returnUrl: must be an address such as https://shop.example/orders/{checkoutId}, but was "shop"',
    ],
    [{ checkout: { prices: 1 } }, 'checkout: Unrecognized key: "prices", may be currency, returnUrl'],
    [
      { warehouseAccount: '1234' },
      'warehouseAccount: Must be the twelve digits of an AWS account, but was "1234"',
    ],
    [
      { gatewayUrl: 'stripe' },
      'gatewayUrl: must be an address such as https://api.stripe.com, but was "stripe"',
    ],
    [{ gatewayUrl: 'ftp://x' }, 'gatewayUrl: must be an address such as https://api.stripe.com'],
    [{ gatewayUrl: 'http://gateway.example' }, 'gatewayUrl: must be an https address'],
  ])('%j', (context, message) => {
    expect(() => stage(context)).toThrow(message);
  });

  test('every wrong key at once, and among plain values a key that nobody knows', () => {
    expect(() => stageFrom({ stagee: 'production', region: 'x' })).toThrow(
      /region: .*; context: Unrecognized key: "stagee", may be stage, region, countries/,
    );
  });
});

test('a figure has one source: the definition and the functions get the same', () => {
  const stack = synthesised({ mfaLogin: { codeSeconds: 120, sessionSeconds: 600 } });
  const [, machine] = one(stack, 'AWS::StepFunctions::StateMachine', 'MfaLogin');
  const { States } = JSON.parse(String(machine.Properties['DefinitionString']));
  expect(States.WaitForOtpInput.Parameters.deadlineSeconds).toBe(120);
  expect(States.LoggedIn.Parameters.deadlineSeconds).toBe(600);
  for (const id of ['SendOtpSms', 'ApiFunction']) {
    const [, { Properties }] = one(stack, 'AWS::Lambda::Function', id);
    const { Variables } = Properties['Environment'] as { Variables: { FLOW_SETTINGS: string } };
    const { 'mfa-login': figures } = JSON.parse(Variables.FLOW_SETTINGS);
    expect(figures).toMatchObject({ codeSeconds: 120, sessionSeconds: 600 });
  }
});

test('so have those of the checkout', () => {
  const stack = synthesised({ checkout: { fulfilmentSeconds: 600 } });
  const [, machine] = one(stack, 'AWS::StepFunctions::StateMachine', 'Checkout');
  const { States } = JSON.parse(String(machine.Properties['DefinitionString']));
  expect(States.Fulfilling.Parameters.deadlineSeconds).toBe(600);
  const [, { Properties }] = one(stack, 'AWS::Lambda::Function', 'AskWarehouse');
  const { Variables } = Properties['Environment'] as { Variables: { FLOW_SETTINGS: string } };
  // An action is told of its own flow alone.
  const { checkout, ...others } = JSON.parse(Variables.FLOW_SETTINGS);
  expect([checkout.fulfilmentSeconds, others]).toEqual([600, {}]);
});

test('nor are those of the payment written down twice, and the gateway is where the context says', () => {
  const gatewayUrl = 'https://gateway.example';
  const stack = synthesised({ payment: { createdSeconds: 120 }, gatewayUrl });
  const [, machine] = one(stack, 'AWS::StepFunctions::StateMachine', 'Payment');
  const { States } = JSON.parse(String(machine.Properties['DefinitionString']));
  expect(States.Created.Parameters.deadlineSeconds).toBe(120);
  for (const id of ['RequestCapture', 'ApiFunction', 'EffectsRelayFunction', 'ReconcilerFunction']) {
    const [, { Properties }] = one(stack, 'AWS::Lambda::Function', id);
    const { Variables } = Properties['Environment'] as { Variables: { [name: string]: string } };
    expect(JSON.parse(Variables['FLOW_SETTINGS'] ?? '').payment).toMatchObject({ createdSeconds: 120 });
    const asks = ['EffectsRelayFunction', 'ReconcilerFunction'].includes(id);
    expect(Variables['GATEWAY_URL']).toBe(asks ? gatewayUrl : undefined);
  }
});
