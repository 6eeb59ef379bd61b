/** Rules of cdk-nag that do not hold in what CDK makes of a pipeline; each with what is true of it. */
import { Stack, Validations } from 'aws-cdk-lib';
import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import type { CodePipeline } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';

/** @param codePipeline after `buildPipeline()`. */
export function acknowledge(codePipeline: CodePipeline): void {
  const { pipeline } = codePipeline;
  const { account, region, partition } = Stack.of(pipeline);
  const nameOf = (construct: Construct): string =>
    String(Stack.of(pipeline).resolve(Object(construct.node.defaultChild).logicalId));
  const wildcards = (scope: Construct, reason: string, findings: string[]): void => {
    for (const finding of findings) {
      Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
    }
  };

  const bucket = pipeline.artifactBucket.node.scope?.node.tryFindChild('ArtifactsBucket') as Construct;
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'It holds what is in the repository and what is built of it; CloudTrail has who took a role that may read it.',
  });
  wildcards(
    codePipeline,
    'What CDK grants on the one bucket of artifacts and its key; CodePipeline names the objects.',
    [
      `Resource::<${nameOf(bucket)}.Arn>/*`,
      ...['Abort*', 'DeleteObject*', 'GetBucket*', 'GetObject*', 'List*'].map((name) => `Action::s3:${name}`),
      ...['GenerateDataKey*', 'ReEncrypt*'].map((name) => `Action::kms:${name}`),
    ],
  );

  const logs = `arn:${partition}:logs:${region}:${account}:log-group:/aws/codebuild/`;
  const reports = `arn:${partition}:codebuild:${region}:${account}:report-group/`;
  for (const project of codePipeline.node.findAll().filter((one) => one instanceof CfnProject)) {
    const name = nameOf(project.node.scope as Construct);
    wildcards(codePipeline, 'The streams and reports of this one project; CodeBuild names them.', [
      `Resource::${logs}<${name}>:*`,
      `Resource::${reports}<${name}>-*`,
    ]);
  }
  wildcards(
    codePipeline.node.findChild('Assets'),
    'One role uploads all bundles, each by a project whose name is generated; it may start builds, and change none.',
    [`Resource::${logs}*`, `Resource::${reports}*`, 'Resource::*'],
  );
  const update = codePipeline.node.findChild('UpdatePipeline');
  wildcards(update, 'Only roles with the tag of cdk bootstrap, as its condition says.', [
    `Resource::arn:*:iam::${account}:role/*`,
  ]);
  wildcards(update, 'Describing stacks and listing buckets: so cdk finds what cdk bootstrap made.', [
    'Resource::*',
  ]);
}
