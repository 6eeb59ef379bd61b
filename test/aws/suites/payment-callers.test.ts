/** Who may deal with payments on AWS: IAM callers whose policy says so, by whatever address they come; and that the docs tell how. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { order } from '../../support/payments.ts';
import { outputs } from '../emulator/deploy.ts';
import { type Deployment, deployment } from '../support/deployment.ts';
import { send, signedSend } from '../support/http.ts';
import { type TakenRole, takeRole } from '../support/roles.ts';

let deployed: Deployment;
let paymentId: string;
const taken: TakenRole[] = [];
beforeAll(async () => {
  deployed = await deployment();
  const created = await signedSend(deployed, 'POST', '/payments', posted);
  expect(created).toMatchObject({ status: 201 });
  paymentId = String(created.body['paymentId']);
});
afterAll(async () => {
  await signedSend(deployed, 'POST', `/payments/${paymentId}/abort`);
  for (const role of taken) await role.remove();
});

const posted = { body: JSON.stringify(order), headers: { 'content-type': 'application/json' } };

/** The output that docs/deploy.md puts into a policy. */
const paymentsArn = () => outputs()['Detent-dev']?.['PaymentsArn'] ?? '';

async function roleThatMay(...resources: string[]): Promise<TakenRole> {
  const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resources }];
  const role = await takeRole(
    resources.length > 0 ? [JSON.stringify({ Version: '2012-10-17', Statement })] : [],
  );
  taken.push(role);
  return role;
}

describe('nobody in particular', () => {
  test.each(['GET', 'POST', 'PUT', 'DELETE'])(
    'gets nowhere with %s: the gateway asks who it is',
    async (method) => {
      for (const path of ['/payments', `/payments/${paymentId}`, `/payments/${paymentId}/authorize`])
        expect(await send(deployed, method, path, method === 'GET' ? {} : posted)).toMatchObject({
          status: 403,
          body: { message: 'Forbidden' },
        });
    },
  );

  test.each([
    ...['//payments', '/payments/', '/payments//', '/%70ayments', '/payment%73', '/PAYMENTS', '/payments.'],
    ...[
      '/./payments',
      '/x/../payments',
      '/payments%2F',
      '/payments;x=1',
      '/payments/.',
      '/$default/payments',
    ],
  ])('is not served a payment under %s', async (path) => {
    for (const one of [path, `${path}/${paymentId}`, `${path}/${paymentId}/history`]) {
      expect([403, 404]).toContain((await send(deployed, 'GET', one)).status);
      expect([403, 404]).toContain((await send(deployed, 'POST', one, posted)).status);
    }
  });

  test('is refused by the function too, where the gateway has let him through another route', async () => {
    for (const rawPath of ['/payments', `/payments/${paymentId}`, `/%70ayments/${paymentId}`]) {
      const event = {
        ...{ version: '2.0', routeKey: '$default', rawPath, rawQueryString: '', isBase64Encoded: false },
        headers: { host: 'localhost' },
        requestContext: {
          ...{ domainName: 'localhost', stage: '$default' },
          http: { method: 'GET', path: rawPath, sourceIp: '192.0.2.1' },
        },
      };
      const { Payload } = await new LambdaClient().send(
        new InvokeCommand({ FunctionName: deployed.functions.api, Payload: JSON.stringify(event) }),
      );
      const { statusCode, body } = JSON.parse(new TextDecoder().decode(Payload));
      expect([statusCode, JSON.parse(body).type]).toEqual([403, 'urn:detent:problem:forbidden']);
    }
  });
});

describe('a role', () => {
  const asked = (role: TakenRole, method: string, path: string, request = {}) =>
    signedSend(deployed, method, path, request, role.credentials);

  test('without a policy is refused', async () => {
    const role = await roleThatMay();
    expect((await asked(role, 'GET', `/payments/${paymentId}`)).status).toBe(403);
    expect((await asked(role, 'POST', '/payments', posted)).status).toBe(403);
  });

  test('with the output of the stack in its policy may do everything', async () => {
    const role = await roleThatMay(paymentsArn());
    const created = await asked(role, 'POST', '/payments', posted);
    expect(created).toMatchObject({ status: 201, body: { state: 'Created' } });
    const path = `/payments/${created.body['paymentId']}`;
    expect(await asked(role, 'GET', path)).toMatchObject({ status: 200 });
    expect(await asked(role, 'GET', `${path}?version=1`)).toMatchObject({ status: 200 });
    expect(await asked(role, 'POST', `${path}/abort`)).toMatchObject({
      status: 202,
      body: { state: 'Aborted' },
    });
  });

  test('whose policy says less may only look', async () => {
    const looks = paymentsArn().replace('/*/payments*', '/GET/payments/*');
    expect(looks).toMatch(/\$default\/GET\/payments\/\*$/);
    const role = await roleThatMay(looks);
    expect(await asked(role, 'GET', `/payments/${paymentId}`)).toMatchObject({ status: 200 });
    expect((await asked(role, 'POST', '/payments', posted)).status).toBe(403);
    expect((await asked(role, 'POST', `/payments/${paymentId}/authorize`)).status).toBe(403);
  });

  test('whose signature was forged is refused', async () => {
    const { credentials } = await roleThatMay(paymentsArn());
    const forged = { ...credentials, secretAccessKey: `${credentials.secretAccessKey}x` };
    expect((await signedSend(deployed, 'GET', `/payments/${paymentId}`, {}, forged)).status).toBe(403);
  });

  test('asks with curl as docs/deploy.md says', async () => {
    const { credentials } = await roleThatMay(paymentsArn());
    const docs = readFileSync(new URL('../../../docs/deploy.md', import.meta.url), 'utf8');
    const pay = /^pay\(\) \{[\s\S]*?^\}/m.exec(docs)?.[0] ?? '';
    const script = `${pay}\npay --connect-to "::$EMULATOR" "$API_URL/payments" -d '${JSON.stringify(order)}'`;
    // By a host of the API's own, as on AWS: the path that an emulator has as well holds a "$", which curl signs as it is.
    const [api] = new URL(outputs()['Detent-dev']?.['ApiUrl'] ?? '').hostname.split('.');
    const { host } = new URL(deployed.endpoint);
    const { stdout, stderr } = spawnSync('sh', ['-c', script], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        ...{ API_URL: `http://${api}.execute-api.localhost`, EMULATOR: host, AWS_REGION: 'us-east-1' },
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      },
    });
    expect({ stdout, stderr }).toMatchObject({ stdout: expect.stringContaining('"state":"Created"') });
    const { paymentId: made } = JSON.parse(stdout);
    expect(await signedSend(deployed, 'POST', `/payments/${made}/abort`)).toMatchObject({ status: 202 });
  });
});
