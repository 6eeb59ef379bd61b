/** No personal data and no secret reaches the inspector's page: real logins, payments and orders are looked at in all ways there are. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Hono } from 'hono';
import type { Flow } from '../../core/flow.ts';
import type { JsonObject } from '../../core/types.ts';
import { createInspector } from '../../local/inspector/inspector.ts';
import { inspectorRoutes } from '../../local/inspector/routes.ts';
import type { InstancesView } from '../../local/inspector/views.ts';
import { demoUser } from '../../local/users.ts';
import { type Ordering, openOrdering } from '../checkout/ordering.ts';
import { eventually } from '../support/http.ts';

jest.setTimeout(60_000);

const EMAIL = 'jane.doe@doe-family.example';
const WRONG_PASSWORD = 'a wrong pass phrase';
/** As the provider names a customer's own card. */
const CARD = 'pm_1QxYzAbCdEfGhIjKlMnOpQrS';

let ordering: Ordering;
/** What must not be told, by what it is. */
const secrets: { [what: string]: string } = {
  ...{ email: EMAIL, 'part of the email': 'jane.doe', 'domain of the email': 'doe-family' },
  ...{
    phone: demoUser.phone,
    'phone without plus': demoUser.phone.slice(1),
    'end of the phone': demoUser.phone.slice(-7),
  },
  ...{
    password: demoUser.password,
    'wrong password': WRONG_PASSWORD,
    card: CARD,
    'end of the card': CARD.slice(-8),
  },
};

beforeAll(async () => {
  ordering = await openOrdering();
  const { http } = ordering;
  await logins();
  await payments();
  await orders();
  await http.runtime.idle();
});
afterAll(() => ordering.close());

/** Every end that a login has, and one that is under way. */
async function logins(): Promise<void> {
  const { http } = ordering;
  await http.post('/logins', { username: demoUser.username, password: WRONG_PASSWORD });
  const { token } = await http.session();
  secrets['token'] = token;
  const locked = await http.begin();
  secrets['code'] = await http.code(locked);
  for (const step of [1, 2, 3]) {
    const wrong = await http.wrong(locked, step);
    secrets[`wrong code ${step}`] = wrong;
    await http.submit(locked, wrong);
  }
  await http.del(`/logins/${await http.begin()}`);
  await http.begin();
  const other = await http.user('somebody-else');
  Object.assign(secrets, {
    'other phone': other.phone,
    'other password': other.password,
    'other name': other.username,
  });
  await http.faults({ sms: 'permanent' });
  await http.begin(other);
  await http.runtime.idle();
  await http.faults({ sms: 'none' });
}

async function payments(): Promise<void> {
  const { http } = ordering;
  const order = { merchant: 'shop', amount: { value: 1_290, currency: 'EUR' } };
  for (const paymentMethod of ['pm_card_visa', CARD]) {
    const { body, status } = await http.post('/payments', { ...order, paymentMethod });
    expect(status).toBe(201);
    await http.post(`/payments/${body['paymentId']}/authorize`);
    await http.runtime.idle();
    await http.post(`/payments/${body['paymentId']}/capture`);
    await http.runtime.idle();
  }
}

async function orders(): Promise<void> {
  const paid = await ordering.payable({ email: EMAIL });
  await ordering.act(paid, 'pay');
  await ordering.until(paid, 'Fulfilled');
  await ordering.cancel(await ordering.payable({ email: EMAIL }));
  await ordering.payable({ email: EMAIL });
}

/** Everything that can be asked of an inspector of these flows. */
async function everything(flows: { [name: string]: Flow }): Promise<{ states: Set<string>; text: string }> {
  const { table, clock } = ordering.http.runtime;
  const inspector = createInspector({ table, clock, flows, observe: () => {} });
  const app = new Hono();
  inspectorRoutes(app, { inspector, flows });
  const texts: string[] = [];
  const get = async (path: string) => {
    const response = await app.request(`/inspect/api/${path}`);
    expect({ path, status: response.status }).toEqual({ path, status: 200 });
    const text = await response.text();
    texts.push(text);
    return JSON.parse(text);
  };
  const { instances } = await eventually(
    () => get('instances?limit=200') as Promise<InstancesView>,
    ({ reading }) => !reading,
  );
  for (const path of ['flows', 'overdue', 'counters', 'instances?only=stuck', 'instances?only=overdue'])
    await get(path);
  for (const { flow, id, version } of instances) {
    await get(`flows/${flow}/instances/${id}`);
    if (flow !== 'payment') continue;
    for (let n = 1; n <= version; n++) await get(`flows/payment/instances/${id}?version=${n}`);
  }
  inspector.close();
  return { states: new Set(instances.map(({ flow, state }) => `${flow} ${state}`)), text: texts.join('\n') };
}

const toldIn = (text: string) => Object.keys(secrets).filter((what) => text.includes(secrets[what] ?? ''));

test('nothing of it is told of an instance of any flow', async () => {
  const { source } = await dataOfALogin();
  const { states, text } = await everything(ordering.http.runtime.flows);
  for (const state of ['Denied', 'LoggedIn', 'Locked', 'Cancelled', 'WaitForOtpInput', 'DeliveryFailed'])
    expect(states).toContain(`mfa-login ${state}`);
  expect(states).toContain('payment Captured');
  for (const state of ['Fulfilled', 'Cancelled', 'AwaitingPayment'])
    expect(states).toContain(`checkout ${state}`);
  expect(toldIn(text)).toEqual([]);
  expect(text).not.toContain(source);
  // Whoever opens the provider's page sees whose order it is. A token begins so, header and payload; a random id may hold three letters of that.
  expect(text).not.toMatch(/"demo"|eyJhbG|\.eyJ|"paymentUrl":"http|\+\d{8,}|[\w.]+@[\w.]+\.\w/);
});

test('what is not personal is told, and of the rest as much as the flows allow', async () => {
  const { text } = await everything(ordering.http.runtime.flows);
  for (const shown of [
    '+1•••••••0100',
    'd•••••••',
    'j•••••••@d•••••••.example',
    'pm_card_visa',
    'pm_•••••••QrS',
    '"mug"',
    '"shop"',
  ])
    expect(text).toContain(shown.replace('•QrS', `•${CARD.slice(-4)}`));
});

async function dataOfALogin(): Promise<{ source: string }> {
  const { table } = ordering.http.runtime;
  const found = table.scan('flows', 500).find(({ key: { pk, sk }, item }) => {
    return pk.startsWith('mfa-login#') && sk === 'record' && item['state'] === 'Locked';
  });
  const { source } = (found?.item['data'] ?? {}) as JsonObject;
  expect(String(source).length).toBeGreaterThan(20);
  return { source: String(source) };
}

describe('without one of the declarations it would be told', () => {
  test.each([
    ['mfa-login', 'phone', 'phone'],
    ['mfa-login', 'sub', 'sub'],
    ['mfa-login', 'source', 'source'],
    ['payment', 'paymentMethod', 'card'],
    ['checkout', 'email', 'email'],
    ['checkout', 'paymentUrl', 'paymentUrl'],
  ] as const)('%s: %s', async (name, field, what) => {
    const { flows } = ordering.http.runtime;
    const { [field]: removed, ...personal } = flows[name].personal ?? {};
    expect(removed).toBeDefined();
    const { text } = await everything({ ...flows, [name]: { ...flows[name], personal } });
    const { source } = await dataOfALogin();
    const told = [
      ...toldIn(text),
      ...(text.includes(`"sub":"${demoUser.username}"`) ? ['sub'] : []),
      ...(text.includes(source) ? ['source'] : []),
      ...(/"paymentUrl":"http/.test(text) ? ['paymentUrl'] : []),
    ];
    expect(told).toContain(what);
  });

  test('all are tried', () => {
    const declared = Object.values(ordering.http.runtime.flows as { [name: string]: Flow }).flatMap(
      ({ name, personal }) => Object.keys(personal ?? {}).map((field) => `${name} ${field}`),
    );
    expect(declared).toEqual([
      'mfa-login sub',
      'mfa-login phone',
      'mfa-login source',
      'payment paymentMethod',
      'checkout email',
      'checkout paymentUrl',
    ]);
  });
});
