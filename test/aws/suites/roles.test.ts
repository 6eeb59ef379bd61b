/** Calls with the policies of the deployed functions: the services ask IAM. */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Deployment, deployment, type FunctionName } from '../support/deployment.ts';
import { configurationsOf, type TakenRole, takeRole } from '../support/roles.ts';

const iam = new IAMClient();

let deployed: Deployment;
let roles: { [name in FunctionName]: string };
let variables: { [name: string]: string };
beforeAll(async () => {
  deployed = await deployment();
  ({ roles, variables } = await configurationsOf(deployed));
});

const nameOf = (roleArn: string): string => roleArn.split('/').at(-1) ?? '';

/** The same policies in a role that this account may take: those of the functions are Lambda's alone. */
describe('with the policies of a function', () => {
  const taken: TakenRole[] = [];

  async function roleLike(roleArn: string): Promise<TakenRole> {
    const model = { RoleName: nameOf(roleArn) };
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand(model));
    expect(AttachedPolicies ?? []).toEqual([]);
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand(model));
    const policies = PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ ...model, PolicyName }));
      return decodeURIComponent(PolicyDocument);
    });
    const role = await takeRole(await Promise.all(policies));
    taken.push(role);
    return role;
  }

  /** Clients that are signed as the function's are. */
  async function clientsOf(name: FunctionName) {
    const { credentials } = await roleLike(roles[name]);
    return {
      dynamodb: new DynamoDBClient({ credentials }),
      secrets: new SecretsManagerClient({ credentials }),
      sns: new SNSClient({ credentials }),
      events: new EventBridgeClient({ credentials }),
    };
  }

  afterAll(async () => {
    for (const role of taken) await role.remove();
  });

  const Key = { pk: { S: 'permissions-test' }, sk: { S: 'nothing' } };
  const denied = { name: expect.stringMatching(/^(AccessDenied|AuthorizationError)/) };

  test('SendOtpSms reads quotas, neither users nor flows, writes nothing and sends nothing', async () => {
    const { dynamodb, secrets, sns } = await clientsOf('sendOtpSms');
    const { flows, users, quotas } = deployed.tables;
    const read = (TableName: string) => dynamodb.send(new GetItemCommand({ TableName, Key }));
    await expect(read(quotas)).resolves.toMatchObject({});
    await expect(read(users)).rejects.toMatchObject(denied);
    await expect(read(flows)).rejects.toMatchObject(denied);
    for (const TableName of [flows, users, quotas])
      await expect(dynamodb.send(new PutItemCommand({ TableName, Item: Key }))).rejects.toMatchObject(denied);
    const secret = (name: string) =>
      secrets.send(new GetSecretValueCommand({ SecretId: variables[name] ?? '' }));
    await expect(secret('SECRET_IDENTITY')).resolves.toMatchObject({ SecretString: expect.any(String) });
    for (const other of ['SECRET_OTP', 'SECRET_REQUESTS', 'SECRET_SIGNING'])
      await expect(secret(other)).rejects.toMatchObject(denied);
    const sms = new PublishCommand({ PhoneNumber: '+15550000000', Message: 'never sent' });
    await expect(sns.send(sms)).rejects.toMatchObject(denied);
  });

  test('the relay of payments tells one bus, and sends no SMS', async () => {
    const { events, sns } = await clientsOf('effectsRelay');
    const put = (EventBusName: string) =>
      events.send(
        new PutEventsCommand({
          Entries: [{ EventBusName, Source: 'detent.test', DetailType: 'Test', Detail: '{}' }],
        }),
      );
    await expect(put(deployed.bus)).resolves.toMatchObject({ FailedEntryCount: 0 });
    await expect(put('default')).rejects.toMatchObject(denied);
    const sms = new PublishCommand({ PhoneNumber: '+15550000000', Message: 'never sent' });
    await expect(sns.send(sms)).rejects.toMatchObject(denied);
  });

  test('RequestCapture reads nothing, not even the key of the gateway', async () => {
    const { dynamodb, secrets } = await clientsOf('requestCapture');
    const { flows } = deployed.tables;
    await expect(dynamodb.send(new GetItemCommand({ TableName: flows, Key }))).rejects.toMatchObject(denied);
    const key = new GetSecretValueCommand({ SecretId: deployed.gatewaySecret });
    await expect(secrets.send(key)).rejects.toMatchObject(denied);
  });

  test('the reconciler sends SMS', async () => {
    const { sns } = await clientsOf('reconciler');
    const sms = new PublishCommand({ PhoneNumber: '+15550000001', Message: 'a test of permissions' });
    await expect(sns.send(sms)).resolves.toMatchObject({ MessageId: expect.any(String) });
  });
});
