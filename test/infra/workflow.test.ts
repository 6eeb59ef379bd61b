/** The GitHub workflows, as YAML: they run what the pipeline runs, hold nothing, and let nobody in by a stored key. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkDefinitionsOf, INSTALL, smokeAt, VERIFY } from '../../infra/pipeline/scripts.ts';

interface Step {
  id?: string;
  uses?: string;
  run?: string;
  with?: { [name: string]: unknown };
  env?: { [name: string]: string };
}
interface Job {
  uses?: string;
  needs?: string;
  if?: string;
  environment?: string;
  env?: { [name: string]: string };
  permissions?: { [scope: string]: string };
  'timeout-minutes'?: number;
  with?: { [name: string]: unknown };
  steps?: Step[];
}
interface Workflow {
  on: { [event: string]: unknown };
  permissions?: { [scope: string]: string };
  concurrency?: { group: string; 'cancel-in-progress': boolean };
  jobs: { [name: string]: Job };
}

const folder = new URL('../../.github/workflows/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const workflow = (name: string): Workflow => parse(read(name));

const [ci, deploy, deliver] = ['ci.yml', 'deploy.yml', 'deliver.yml'].map(workflow) as [
  Workflow,
  Workflow,
  Workflow,
];
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const runsOf = (one: Workflow) => stepsOf(one).flatMap(({ run }) => run ?? []);

test('these are all', () => {
  expect(readdirSync(folder).sort()).toEqual(['ci.yml', 'deliver.yml', 'deploy.yml']);
});

test('ci runs what .ci/run and the pipeline run, and nothing else', () => {
  expect(runsOf(ci)).toEqual([INSTALL, ...VERIFY]);
  const script = readFileSync(new URL('../../.ci/run', import.meta.url), 'utf8');
  const commands = script.split('\n').filter((line) => line.startsWith('npm '));
  expect(commands.map((line) => line.replace(/ -- --json.*/, ''))).toEqual(runsOf(ci));
  expect(Object.keys(ci.on).sort()).toEqual(['pull_request', 'workflow_call']);
});

test('a commit on main goes over verification and staging to production', () => {
  expect(deliver.on).toEqual({ push: { branches: ['main'] } });
  const { verify, staging, production } = deliver.jobs;
  expect(Object.keys(deliver.jobs)).toEqual(['verify', 'staging', 'production']);
  expect(verify).toEqual({ uses: './.github/workflows/ci.yml' });
  expect(staging).toMatchObject({ needs: 'verify', uses: './.github/workflows/deploy.yml' });
  expect(staging?.with).toEqual({ stage: 'staging' });
  expect(production).toMatchObject({ needs: 'staging', uses: './.github/workflows/deploy.yml' });
  expect(production?.with).toEqual({ stage: 'production' });
  expect(production?.if).toBeUndefined();
});

test('two deliveries never overlap, and none is cut off', () => {
  expect(deliver.concurrency).toEqual({ group: 'deliver', 'cancel-in-progress': false });
  // Nobody else can deploy.
  expect(Object.keys(deploy.on)).toEqual(['workflow_call']);
});

describe('a deployment', () => {
  const { environment, permissions, steps = [] } = deploy.jobs['deploy'] ?? {};

  test('runs in the environment of its stage, and may ask for an identity', () => {
    expect(environment).toBe('${{ inputs.stage }}');
    expect(permissions).toEqual({ 'id-token': 'write', contents: 'read' });
  });

  test('installs before it has a role, checks the definitions, deploys, and checks the address that came of it', () => {
    expect(
      steps.map(({ uses, run }) => uses?.replace(/@.*/, '') ?? run?.split(' ').slice(0, 3).join(' ')),
    ).toEqual([
      'actions/checkout',
      INSTALL,
      'npm run bundle',
      'aws-actions/configure-aws-credentials',
      'aws-actions/configure-aws-credentials',
      'npm run check:definitions',
      'aws-actions/configure-aws-credentials',
      'npx cdk deploy',
      'echo "url=$(jq -er',
      'npm run smoke',
    ]);
    for (const own of [steps[3], steps[6]]) {
      expect(own?.with).toEqual({
        'role-to-assume': '${{ vars.AWS_ROLE_ARN }}',
        'aws-region': '${{ vars.AWS_REGION }}',
      });
    }
    expect(steps[7]?.run).toMatch(/--app "node infra\/pipeline\/stages-app\.ts" .*"\$STAGE\/\*"$/);
    expect(steps[9]?.run).toBe(smokeAt('$API_URL'));
    expect(steps[9]?.env?.['API_URL']).toBe('${{ steps.api.outputs.url }}');
  });

  test('checks the definitions by the role for look-ups, which may read one table then', () => {
    expect(steps[3]?.id).toBe('role');
    const { 'inline-session-policy': policy, ...given } = steps[4]?.with ?? {};
    expect(given).toEqual({
      'role-to-assume':
        'cdk-hnb659fds-lookup-role-${{ steps.role.outputs.aws-account-id }}-${{ vars.AWS_REGION }}',
      'aws-region': '${{ vars.AWS_REGION }}',
      'role-chaining': true,
      // The first role may take this one, but not tag its session.
      'role-skip-session-tagging': true,
    });
    const stack = 'Detent-${{ inputs.stage }}';
    expect(JSON.parse(String(policy)).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'cloudformation:DescribeStacks',
        Resource: `arn:aws:cloudformation:*:*:stack/${stack}/*`,
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:Scan',
        Resource: `arn:aws:dynamodb:*:*:table/${stack}-TablesFlows*`,
      },
    ]);
    expect(steps[5]).toEqual({ run: checkDefinitionsOf('Detent-$STAGE') });
    expect(deploy.jobs['deploy']?.env).toEqual({ STAGE: '${{ inputs.stage }}' });
  });
});

describe.each([
  ['ci.yml', ci],
  ['deploy.yml', deploy],
  ['deliver.yml', deliver],
])('%s', (name, one) => {
  const steps = stepsOf(one);

  test('may read the source, and no job more than that but for an identity', () => {
    expect(one.permissions).toEqual({ contents: 'read' });
    for (const { permissions = {}, uses, steps: own } of Object.values(one.jobs)) {
      const deploys = uses?.endsWith('/deploy.yml') || own?.some(({ run }) => run?.includes('cdk deploy'));
      expect(permissions).toEqual(deploys ? { 'id-token': 'write', contents: 'read' } : {});
    }
  });

  test('every job with steps ends in time', () => {
    const own = Object.values(one.jobs).filter(({ steps: some }) => some);
    expect(own.every((job) => Number(job['timeout-minutes']) <= 60)).toBe(true);
  });

  test('foreign actions are fixed to a commit, with the version beside it', () => {
    const foreign = [...read(name).matchAll(/uses: ([^.\s]\S*)(.*)/g)];
    for (const [, action, comment] of foreign) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
    expect(foreign).toHaveLength(steps.filter(({ uses }) => uses).length);
  });

  test('the source is checked out without leaving a token behind', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const checkout of checkouts) expect(checkout.with).toEqual({ 'persist-credentials': false });
  });

  test('no key is stored, and no text from outside is pasted into a command', () => {
    expect(read(name)).not.toMatch(/aws-(secret-)?access-key|AWS_SECRET|pull_request_target/i);
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  test('every npm script that it runs is there', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    for (const run of runsOf(one)) {
      const script = /^npm run ([\w:]+)/.exec(run)?.[1];
      if (script) expect(Object.keys(scripts)).toContain(script);
    }
  });
});
