/** Roles of the functions, and roles that this account may take for a test. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Deployment, FunctionName } from './deployment.ts';
import type { Credentials } from './sign.ts';

/** ARNs of the functions' roles; and what all of them are told together, beside the ARN of each function by its name. */
export async function configurationsOf({ functions }: Deployment) {
  const lambda = new LambdaClient();
  const roles = {} as { [name in FunctionName]: string };
  const variables: { [name: string]: string } = {};
  for (const [name, FunctionName] of Object.entries(functions)) {
    const made = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    roles[name as FunctionName] = made.Role ?? '';
    Object.assign(variables, made.Environment?.Variables, { [name]: made.FunctionArn });
  }
  return { roles, variables };
}

export interface TakenRole {
  credentials: Required<Credentials>;
  remove(): Promise<void>;
}

let made = 0;

/** Makes a role with these policies (JSON), and takes it. */
export async function takeRole(policies: readonly string[]): Promise<TakenRole> {
  const iam = new IAMClient();
  const sts = new STSClient();
  const RoleName = `detent-test-${process.pid}-${made++}`;
  const { Account } = await sts.send(new GetCallerIdentityCommand({}));
  const Principal = { AWS: `arn:aws:iam::${Account}:root` };
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const named = policies.map((PolicyDocument, n) => ({
    RoleName,
    PolicyName: `policy-${n}`,
    PolicyDocument,
  }));
  for (const policy of named) await iam.send(new PutRolePolicyCommand(policy));
  const { Credentials: taken } = await sts.send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn ?? '', RoleSessionName: 'detent-test' }),
  );
  return {
    credentials: {
      accessKeyId: taken?.AccessKeyId ?? '',
      secretAccessKey: taken?.SecretAccessKey ?? '',
      sessionToken: taken?.SessionToken ?? '',
    },
    async remove() {
      for (const { PolicyName } of named)
        await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      await iam.send(new DeleteRoleCommand({ RoleName }));
    },
  };
}
