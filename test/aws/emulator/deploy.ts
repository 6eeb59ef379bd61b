/** Puts the stacks into the emulator with the same commands as into an account of AWS. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as yaml from 'yaml';
import { awsEnvironment } from './emulator.ts';
import { folder, outputsFile } from './paths.ts';
import { run, say } from './run.ts';
import type { State } from './state.ts';

export interface DeployOptions {
  /** What `cdk.json` names as `app`, unless it is another. */
  app?: string;
  /** `-c` of the CDK. */
  context?: { [name: string]: string };
}

/** Names of a stack's outputs, and their values. */
export type Outputs = { [stack: string]: { [output: string]: string } };

const inFolder = (name: string): string => join(folder, name);

export async function bootstrap(state: State): Promise<void> {
  say('Bundling …');
  // Even to make an environment ready, the app is run.
  await run('npm', ['run', '-s', 'bundle']);
  say('cdk bootstrap …');
  const environment = awsEnvironment(state);
  const template = inFolder('bootstrap.yaml');
  writeFileSync(template, withoutTransportPolicy(await run('cdk', ['bootstrap', '--show-template'])));
  const target = `aws://${environment.CDK_DEFAULT_ACCOUNT}/${environment.CDK_DEFAULT_REGION}`;
  await run('cdk', ['bootstrap', target, '--template', template, '--output', inFolder('cdk.out')], {
    environment,
  });
}

/** The bucket of assets refuses all that comes without TLS, which is how one speaks with an emulator. */
function withoutTransportPolicy(template: string): string {
  const parsed = yaml.parse(template);
  delete parsed.Resources.StagingBucketPolicy;
  return yaml.stringify(parsed);
}

/** @returns the outputs of all stacks of the app. */
export async function deploy(state: State, { app, context = {} }: DeployOptions = {}): Promise<Outputs> {
  say('cdk deploy …');
  const args = [
    ...(app === undefined ? [] : ['--app', app]),
    ...Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ...['--all', '--require-approval', 'never', '--output', inFolder('cdk.out')],
  ];
  await run('cdk', ['deploy', ...args, '--outputs-file', outputsFile], {
    environment: awsEnvironment(state),
  });
  return outputs();
}

export const outputs = (): Outputs => JSON.parse(readFileSync(outputsFile, 'utf8')) as Outputs;

/** Where an emulator serves an API: the host in the stack's output is one that only AWS resolves. */
export function reachable({ endpoint }: Pick<State, 'endpoint'>, apiUrl: string): string {
  const [id] = new URL(apiUrl).hostname.split('.');
  return `${endpoint}/_aws/execute-api/${id}/$default`;
}

/** Removes the stacks; an emulator that is not ours lives on. */
export async function destroy(state: State, app?: string): Promise<void> {
  const args = [
    ...(app === undefined ? [] : ['--app', app]),
    '--all',
    '--force',
    '--output',
    inFolder('cdk.out'),
  ];
  await run('cdk', ['destroy', ...args], { environment: awsEnvironment(state) });
}
