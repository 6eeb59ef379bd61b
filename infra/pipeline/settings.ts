/**
 * Where things are delivered, from the context `delivery`: in `cdk.json`, or for a trial `-c delivery='{…}'`. Both ways
 * of delivery read it.
 */
import type { Node } from 'constructs';
import * as z from 'zod';

const account = z.string().regex(/^\d{12}$/, 'must be the twelve digits of an AWS account, as a text');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, such as eu-central-1');

const target = z.strictObject({
  account,
  region,
  /** What this stage is told beside its name: the context that `cdk deploy` of one stack would get by `-c`. */
  settings: z.record(z.string(), z.unknown()).default({}),
});

const github = z.object({
  /** It goes into a trust policy, where `*` and `?` would be patterns. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'),
  staging: target,
  production: target,
});

const STAGES = ['staging', 'production'] as const;

const pipelineShape = z.strictObject({
  ...github.shape,
  branch: z.string().min(1).default('main'),
  connectionArn: z
    .string()
    .regex(
      /^arn:aws[\w-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[\w-]+$/,
      'must be the ARN of a connection: arn:aws:codeconnections:REGION:ACCOUNT:connection/ID',
    ),
});

/**
 * One region: to another one CDK would copy the artifacts, and for that let the pipeline use every key of the account.
 */
const pipeline = pipelineShape.superRefine(({ connectionArn, ...given }, context) => {
  const home = connectionArn.split(':')[3];
  for (const stage of STAGES) {
    if (given[stage].region === home) continue;
    const message = `must be the region of the connection, ${home}; the GitHub workflow can deploy to others`;
    context.addIssue({ code: 'custom', path: [stage, 'region'], message });
  }
});

export type Target = z.output<typeof target>;
export type GithubSettings = z.output<typeof github>;
export type PipelineSettings = z.output<typeof pipeline>;

/** @throws Error that names everything that is missing or wrong in the context. */
export const githubSettings = (node: Node): GithubSettings => parsed(github, node);

/** @throws Error that names everything that is missing or wrong in the context. */
export const pipelineSettings = (node: Node): PipelineSettings => parsed(pipeline, node);

function parsed<T>(schema: z.ZodType<T>, node: Node): T {
  const given: unknown = node.tryGetContext('delivery');
  const { data, error } = schema.safeParse(typeof given === 'string' ? parse(given) : (given ?? {}));
  if (error === undefined) return data;
  const wrong = error.issues.map(({ path, message, code, ...issue }) => {
    const name = ['delivery', ...path].join('.');
    const isMissing = code === 'invalid_type' && valueAt(given, path) === undefined;
    return isMissing ? `${name} is missing (${Object(issue).expected})` : `${name}: ${message}`;
  });
  throw new Error(`The context does not say where to deliver. ${wrong.join('; ')}. See docs/pipeline.md`);
}

function valueAt(given: unknown, path: PropertyKey[]): unknown {
  const top: unknown = typeof given === 'string' ? parse(given) : given;
  return path.reduce<unknown>((value, key) => Object(value)[key], top ?? {});
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
