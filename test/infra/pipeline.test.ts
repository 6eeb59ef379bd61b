/** The pipeline and the roles of the workflow as templates: their order, what they run, whom they trust. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { entries } from '../../infra/bundle.ts';
import { githubRoles } from '../../infra/pipeline/github.ts';
import { Pipeline } from '../../infra/pipeline/pipeline.ts';
import { githubSettings, pipelineSettings } from '../../infra/pipeline/settings.ts';
import type { Resource, Statement } from './support.ts';

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const cdkJson = JSON.parse(file('cdk.json'));

const delivery = {
  repository: 'acme/detent',
  connectionArn: 'arn:aws:codeconnections:eu-central-1:111111111111:connection/0a1b-2c',
  staging: { account: '222222222222', region: 'eu-central-1' },
  production: {
    account: '333333333333',
    region: 'eu-central-1',
    settings: { mfaLogin: { codeSeconds: 120 } },
  },
};

const appWith = (given: unknown) => new App({ context: { ...cdkJson.context, delivery: given } });

function resourcesOf(stack: Stack): [string, Resource][] {
  return Object.entries(Template.fromStack(stack).toJSON()['Resources']);
}
const ofType = (resources: [string, Resource][], type: string) =>
  resources.filter(([, { Type }]) => Type === type).map(([, { Properties }]) => Properties);

const statementsOf = (resources: [string, Resource][]): Statement[] =>
  ofType(resources, 'AWS::IAM::Policy').flatMap(
    ({ PolicyDocument }) => Object(PolicyDocument).Statement as Statement[],
  );
const actionsOf = (statements: Statement[]) => [...new Set(statements.flatMap(({ Action }) => Action))];

function synthesised() {
  const bundles = mkdtempSync(join(tmpdir(), 'detent-bundles-'));
  try {
    for (const entry of entries()) {
      mkdirSync(join(bundles, entry), { recursive: true });
      writeFileSync(join(bundles, entry, 'index.mjs'), `// ${entry}`);
    }
    const app = appWith(delivery);
    const pipeline = new Pipeline(app, 'DetentPipeline', { settings: pipelineSettings(app.node), bundles });
    return { app, pipeline, resources: resourcesOf(pipeline) };
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
}

describe('the pipeline', () => {
  const { app, pipeline, resources } = synthesised();
  const [definition] = ofType(resources, 'AWS::CodePipeline::Pipeline');
  const stages = definition?.['Stages'] as { Name: string; Actions: Action[] }[];
  const inOrder = ({ Actions }: { Actions: Action[] }) =>
    Actions.toSorted((one, other) => one.RunOrder - other.RunOrder);

  interface Action {
    Name: string;
    RunOrder: number;
    ActionTypeId: { Category: string; Provider: string };
    Configuration: { [name: string]: unknown };
  }

  /** The commands of a project, by the phases of its build. */
  function commandsOf(project: string): { install: string[]; build: string[] } {
    const found = resources.filter(
      ([id, { Type }]) => Type === 'AWS::CodeBuild::Project' && id.startsWith(`Pipeline${project}`),
    );
    const source = found[0]?.[1].Properties['Source'] as { BuildSpec: string };
    const { phases } = JSON.parse(source.BuildSpec);
    return { install: phases.install.commands, build: phases.build.commands };
  }

  test('the rules of AwsSolutions hold, but for what is acknowledged with a reason', () => {
    expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
  });

  test('goes from the source over staging and an approval to production', () => {
    expect(stages.map((stage) => [stage.Name, ...inOrder(stage).map(({ Name }) => Name)])).toEqual([
      ['Source', 'Source'],
      ['Build', 'Verify'],
      ['UpdatePipeline', 'SelfMutate'],
      ['Assets', 'FileAssets'],
      ['staging', 'CheckDefinitions', 'Detent-staging.Prepare', 'Detent-staging.Deploy', 'Smoke'],
      [
        'production',
        'Approve',
        'CheckDefinitions',
        'Detent-production.Prepare',
        'Detent-production.Deploy',
        'Smoke',
      ],
    ]);
    for (const stage of stages) {
      const orders = stage.Actions.map(({ RunOrder }) => RunOrder);
      expect(new Set(orders).size).toBe(orders.length);
    }
    const [approval] = inOrder(stages[5] ?? { Actions: [] });
    expect(approval?.ActionTypeId).toMatchObject({ Category: 'Approval', Provider: 'Manual' });
  });

  test('takes the branch of the repository over the connection, and may use no other', () => {
    expect(stages[0]?.Actions[0]).toMatchObject({
      ActionTypeId: { Provider: 'CodeStarSourceConnection' },
      Configuration: {
        ConnectionArn: delivery.connectionArn,
        FullRepositoryId: 'acme/detent',
        BranchName: 'main',
      },
    });
    const [use] = statementsOf(resources).filter(({ Action }) =>
      Action.includes('codeconnections:UseConnection'),
    );
    expect(use).toMatchObject({
      Action: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
      Resource: delivery.connectionArn,
    });
  });

  test('verifies by what .ci/run runs, and then synthesises itself', () => {
    const { install, build } = commandsOf('Build');
    expect([...install, ...build]).toEqual([...ciCommands(), 'npm run synth:pipeline']);
  });

  test('README and CONTRIBUTING name the same commands', () => {
    const [install, run, browser, aws, check, bench] = ciCommands();
    expect(file('README.md')).toContain(`${install} && ${run} `);
    const { scripts } = JSON.parse(file('package.json'));
    expect(`${check} ${run} ${browser} ${aws} ${bench}`.split(' ').filter((word) => word !== '-s')).toEqual(
      scripts.verify.split(' ').filter((word: string) => word !== '-s' && word !== '&&'),
    );
    expect(scripts).toMatchObject({ smoke: expect.anything(), 'synth:pipeline': expect.anything() });
    expect(file('CONTRIBUTING.md')).toContain(`\`${install} && ${run}\``);
  });

  test('renews itself with the CDK that made it', () => {
    const { devDependencies } = JSON.parse(file('package.json'));
    expect(commandsOf('UpdatePipeline').install).toEqual([
      `npm install -g aws-cdk@${devDependencies['aws-cdk']}`,
    ]);
  });

  test.each(['staging', 'production'])('checks %s at the address of its own stack', (stage) => {
    expect(commandsOf(`${stage}Smoke`)).toEqual({
      install: ['npm ci'],
      build: ['npm run smoke -- "$API_URL"'],
    });
    const smoke = stages.find(({ Name }) => Name === stage)?.Actions.find(({ Name }) => Name === 'Smoke');
    const variables = JSON.parse(String(smoke?.Configuration['EnvironmentVariables']));
    expect(variables).toEqual([
      { name: 'API_URL', type: 'PLAINTEXT', value: expect.stringMatching(/^#\{\w+\.ApiUrl\w*\}$/) },
    ]);
    const deploy = stages
      .find(({ Name }) => Name === stage)
      ?.Actions.find(({ Name }) => Name === `Detent-${stage}.Deploy`);
    expect(variables[0].value).toContain(`#{${Object(deploy)['Namespace']}.`);
  });

  test.each([
    ['staging', '222222222222'],
    ['production', '333333333333'],
  ])(
    'before %s sees whom its definitions would strand, by the role for look-ups there and no other right',
    (stage, account) => {
      const role = `arn:aws:iam::${account}:role/cdk-hnb659fds-lookup-role-${account}-eu-central-1`;
      expect(commandsOf(`${stage}CheckDefinitions`)).toEqual({
        install: ['npm ci'],
        build: [
          `aws configure set profile.lookup.role_arn ${role}`,
          'aws configure set profile.lookup.credential_source EcsContainer',
          `AWS_PROFILE=lookup npm run check:definitions -- --stack "Detent-${stage}"`,
        ],
      });
      const own = resources.filter(([id]) => id.startsWith(`Pipeline${stage}CheckDefinitions`));
      const assumed = statementsOf(own).filter(({ Action }) => [Action].flat().includes('sts:AssumeRole'));
      expect(assumed).toEqual([{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: role }]);
      const services = actionsOf(statementsOf(own)).map((action) => action.split(':')[0]);
      expect([...new Set(services)].sort()).toEqual(['codebuild', 'kms', 'logs', 's3', 'sts']);
    },
  );

  test('either stage is the stack that cdk deploy makes, in its own account and with its own settings', () => {
    for (const [stage, account, codeSeconds] of [
      ['staging', '222222222222', 300],
      ['production', '333333333333', 120],
    ] as const) {
      const [{ stackName, template, environment } = { stackName: '', template: {}, environment: undefined }] =
        app.synth().getNestedAssembly(`assembly-DetentPipeline-${stage}`).stacks;
      expect(stackName).toBe(`Detent-${stage}`);
      expect(environment).toMatchObject({ account });
      const [machine] = ofType(Object.entries(template.Resources), 'AWS::StepFunctions::StateMachine');
      const { States } = JSON.parse(String(machine?.['DefinitionString']));
      expect(States.WaitForOtpInput.Parameters.deadlineSeconds).toBe(codeSeconds);
    }
  });

  test('no action is a wildcard but those with which CDK grants objects of the artifacts and use of their key', () => {
    const wild = actionsOf(statementsOf(resources)).filter((action) => action.includes('*'));
    expect(wild.sort()).toEqual([
      'kms:GenerateDataKey*',
      'kms:ReEncrypt*',
      's3:Abort*',
      's3:DeleteObject*',
      's3:GetBucket*',
      's3:GetObject*',
      's3:List*',
    ]);
  });

  test('lives where its connection lives', () => {
    expect([pipeline.account, pipeline.region]).toEqual(['111111111111', 'eu-central-1']);
  });
});

describe('the roles of the workflow', () => {
  const issuer = 'token.actions.githubusercontent.com';
  const rolesFor = (given: unknown) => {
    const app = appWith(given);
    return { app, stacks: githubRoles(app, githubSettings(app.node)) };
  };

  test('the rules of AwsSolutions hold', () => {
    expect(new AwsSolutionsChecks().validateScope(rolesFor(delivery).app).violations).toEqual([]);
  });

  test.each([0, 1])('one stage trusts one environment of one repository (%i)', (index) => {
    const { stacks } = rolesFor(delivery);
    const stage = (['staging', 'production'] as const)[index] ?? 'staging';
    const { account, region } = delivery[stage];
    const resources = resourcesOf(stacks[index] as Stack);
    const [provider] = resources.find(([, { Type }]) => Type === 'AWS::IAM::OIDCProvider') ?? [];
    expect(ofType(resources, 'AWS::IAM::OIDCProvider')).toMatchObject([
      { Url: `https://${issuer}`, ClientIdList: ['sts.amazonaws.com'] },
    ]);
    const roles = ofType(resources, 'AWS::IAM::Role');
    expect(roles).toHaveLength(1);
    expect(Object(roles[0]?.['AssumeRolePolicyDocument']).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: { Ref: provider } },
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: 'sts.amazonaws.com',
            [`${issuer}:sub`]: `repo:acme/detent:environment:${stage}`,
          },
        },
      },
    ]);
    const arn = (role: string) => ({
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          `:iam::${account}:role/cdk-hnb659fds-${role}-${account}-${region}`,
        ],
      ],
    });
    expect(statementsOf(resources)).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: [arn('deploy-role'), arn('file-publishing-role'), arn('lookup-role')],
      },
    ]);
    expect(roles[0]?.['ManagedPolicyArns']).toBeUndefined();
    expect(roles[0]?.['Policies']).toBeUndefined();
  });

  test('both stages in one account share its provider, and have a role each', () => {
    const { stacks } = rolesFor({ ...delivery, production: delivery.staging });
    expect(stacks).toHaveLength(1);
    const resources = resourcesOf(stacks[0] as Stack);
    expect(ofType(resources, 'AWS::IAM::OIDCProvider')).toHaveLength(1);
    expect(ofType(resources, 'AWS::IAM::Role').map(({ RoleName }) => RoleName)).toEqual([
      'Detent-deploy-staging',
      'Detent-deploy-production',
    ]);
  });
});

describe('a context that is wrong is named', () => {
  const { production: _, ...halved } = delivery;
  test.each<[unknown, string]>([
    [undefined, 'delivery.repository is missing (string); delivery.staging is missing (object)'],
    [undefined, 'delivery.connectionArn is missing (string)'],
    [halved, 'delivery.production is missing (object)'],
    [JSON.stringify(halved), 'delivery.production is missing (object)'],
    [{ ...delivery, repository: 'acme/*' }, 'delivery.repository: must be owner/name'],
    [{ ...delivery, branhc: 'main' }, 'delivery: Unrecognized key: "branhc"'],
    [{ ...delivery, connectionArn: 'arn:aws:iam::1:role/x' }, 'must be the ARN of a connection'],
    [
      { ...delivery, staging: { account: 222222222222, region: 'eu-central-1' } },
      'delivery.staging.account: Invalid input: expected string',
    ],
    [{ ...delivery, staging: { account: '222222222222' } }, 'delivery.staging.region is missing (string)'],
    [
      { ...delivery, production: { account: '333333333333', region: 'eu-west-1' } },
      'delivery.production.region: must be the region of the connection, eu-central-1',
    ],
    ['{', 'delivery: Invalid input: expected object'],
  ])('%j', (given, message) => {
    expect(() => pipelineSettings(appWith(given).node)).toThrow(message);
  });

  test('the workflow needs no connection', () => {
    const { connectionArn: __, ...github } = {
      ...delivery,
      production: { ...delivery.staging, region: 'us-east-1' },
    };
    expect(githubSettings(appWith(github).node)).toMatchObject({ production: { region: 'us-east-1' } });
    expect(pipelineSettings(appWith(JSON.stringify(delivery)).node)).toMatchObject({ branch: 'main' });
  });
});

/** The npm commands of `.ci/run`, without what only collects results. */
function ciCommands(): string[] {
  return [...file('.ci/run').matchAll(/^(npm (?:ci|test|run [\w:]+)(?: -- --quick)?)(?: -- .*)?$/gm)].map(
    ([, command = '']) => command,
  );
}
