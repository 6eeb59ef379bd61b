/** The stack as a template, with bundles that are only names: what is in them is another test's matter. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { entries } from '../../infra/bundle.ts';
import { DetentStack } from '../../infra/stack.ts';
import { stageOf } from '../../infra/stage.ts';

const cdkJson = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

export interface Resource {
  Type: string;
  Properties: { [name: string]: unknown };
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  DependsOn?: string[];
}

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  NotResource?: unknown;
  Condition?: { [operator: string]: { [key: string]: string[] } };
}

/** @param context on top of that of cdk.json, which `new App()` does not read. */
export function synthesised(context: { [name: string]: unknown } = {}) {
  const bundles = mkdtempSync(join(tmpdir(), 'detent-bundles-'));
  try {
    for (const entry of entries()) {
      mkdirSync(join(bundles, entry), { recursive: true });
      writeFileSync(join(bundles, entry, 'index.mjs'), `// ${entry}`);
    }
    const app = new App({ context: { ...cdkJson.context, ...context }, outdir: join(bundles, 'cdk.out') });
    const stack = new DetentStack(app, 'Detent', { stage: stageOf(app.node), bundles });
    const template = Template.fromStack(stack);
    const resources = template.toJSON()['Resources'] as { [id: string]: Resource };
    return { app, stack, template, resources };
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
}

export type Synthesised = ReturnType<typeof synthesised>;

export const ofType = ({ resources }: Synthesised, type: string): [string, Resource][] =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

/** The one resource of a type whose logical id begins so. */
export function one(stack: Synthesised, type: string, prefix: string): [string, Resource] {
  const found = ofType(stack, type).filter(([id]) => id.startsWith(prefix));
  if (found.length === 1 && found[0]) return found[0];
  throw new Error(`${found.length} resources of type ${type} begin with ${prefix}`);
}

/** What the role of a function may do, as `action → resources`, the resources by their logical ids. */
export function mayDo(stack: Synthesised, prefix: string): { [action: string]: string[] } {
  const [, policy] = one(stack, 'AWS::IAM::Policy', `${prefix}Role`);
  const { Statement: statements } = policy.Properties['PolicyDocument'] as { Statement: Statement[] };
  const may: { [action: string]: string[] } = {};
  for (const { Action, Resource, NotResource, Condition } of statements) {
    const partitions = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
    const where = Condition ? ` where ${partitions?.join() ?? JSON.stringify(Condition)}` : '';
    const resources =
      Resource === undefined
        ? [`not ${text(NotResource)}`]
        : [Resource].flat().map((one) => `${text(one)}${where}`);
    for (const action of [Action].flat()) may[action] = [...(may[action] ?? []), ...resources].sort();
  }
  return may;
}

/** A resource as a word: `TablesUsers`, `TablesFlows.StreamArn`. Hashes of logical ids are dropped. */
export function text(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = Object(resource);
  if (ref) return bare(ref);
  // The id of a secret is its ARN.
  if (attribute)
    return ['Arn', 'Id'].includes(attribute[1])
      ? bare(attribute[0])
      : `${bare(attribute[0])}.${attribute[1]}`;
  return joined[1].map(text).join('');
}

const bare = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');
