/** Who may deal with payments: whoever the API's gateway has found to be behind a signed request, by whatever address it comes. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { order } from '../support/payments.ts';
import { caller, openPaying } from './paying.ts';

let paying: Awaited<ReturnType<typeof openPaying>>;
let id: string;
beforeAll(async () => {
  paying = await openPaying();
  id = String((await paying.request('POST', '/payments', order)).body['paymentId']);
});
afterAll(() => paying.close());

const forbidden = { status: 403, body: { type: 'urn:detent:problem:forbidden', status: 403 } };

/** What `$default` takes in the end: other spellings of `/payments`, some of which lead there once they are parsed. */
const spellings = [
  ...['/payments', '//payments', '///payments', '/payments/', '/payments//', '/payments.', '/payments..'],
  ...[
    '/PAYMENTS',
    '/Payments',
    '/%70ayments',
    '/payment%73',
    '/%2570ayments',
    '/payments%2F',
    '/payments%20',
  ],
  ...[
    '/./payments',
    '/x/../payments',
    '/%2e/payments',
    '/x/%2e%2e/payments',
    '/payments/.',
    '/payments/x/..',
  ],
  ...[
    '\\payments',
    '/\\payments',
    '/pay\tments',
    '/payments\n',
    '/payments;x=1',
    '/payments?',
    '/payments#x',
  ],
  ...['/$default/payments', '/payments/?x=1', '/payments%00', '/ｐayments', '/payments/%2e%2e/payments'],
];
const paths = spellings.flatMap((one) => [one, `${one}/ID`, `${one}/ID/authorize`, `${one}/ID/history`]);

describe('nobody', () => {
  test.each(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])(
    'reaches a payment by %s, however its address is spelled',
    async (method) => {
      const before = [paying.executions(), paying.entries(id).length];
      for (const path of paths) {
        const asked = path.replaceAll('ID', id);
        const body = method === 'POST' ? order : undefined;
        const { status } = await paying.request(method, asked, body, { iam: undefined });
        expect([asked, [403, 404].includes(status)]).toEqual([asked, true]);
      }
      expect([paying.executions(), paying.entries(id).length]).toEqual(before);
    },
  );

  test('some of those addresses would have been answered', async () => {
    const reached: string[] = [];
    for (const path of spellings) {
      const { status } = await paying.request('GET', `${path}/${id}`);
      if (status !== 200) continue;
      reached.push(path);
      expect(await paying.request('GET', `${path}/${id}`, undefined, {})).toMatchObject(forbidden);
    }
    expect(reached).toEqual(expect.arrayContaining(['/payments', '/x/../payments', '/%70ayments']));
  });

  test.each([
    ['no authorizer', undefined],
    ['an empty one', {}],
    ['an IAM caller without a name', { iam: { accountId: '1' } }],
    ['an empty name', { iam: { userArn: '' } }],
    ['a token of somebody else', { jwt: { claims: { sub: 'a' } } }],
    ['the word of a function', { lambda: { iam: caller } }],
  ])('with %s is let in', async (_what, authorizer) => {
    // A default would stand for undefined.
    const given = authorizer ?? { iam: undefined };
    expect(await paying.request('GET', `/payments/${id}`, undefined, given)).toMatchObject(forbidden);
  });

  test('is told whether there is such a payment', async () => {
    const [known, unknown] = await Promise.all(
      [id, 'nothing'].map((one) => paying.request('GET', `/payments/${one}`, undefined, {})),
    );
    expect(known).toEqual(unknown);
  });
});

test('whoever is known is let in', async () => {
  expect(await paying.request('GET', `/payments/${id}`)).toMatchObject({ status: 200 });
});
