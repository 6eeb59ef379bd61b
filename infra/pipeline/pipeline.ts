import { Arn, ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { BuildSpec, ComputeType, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import {
  CodeBuildStep,
  CodePipeline,
  CodePipelineSource,
  type FileSet,
  ManualApprovalStep,
  ShellStep,
  Step,
} from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledged.ts';
import { bootstrapRole } from './bootstrap.ts';
import { Deployment, type StageName } from './deployment.ts';
import { cdkVersion, checkDefinitionsOf, INSTALL, SYNTH, smokeAt, VERIFY } from './scripts.ts';
import type { PipelineSettings, Target } from './settings.ts';

export interface PipelineProps {
  settings: PipelineSettings;
  /** The folder of the bundles. */
  bundles: string;
}

/**
 * Source, verify; check of the definitions, staging, smoke; approval, check, production, smoke. It lives where its connection lives, deploys to the
 * accounts of the settings, and renews itself first where a commit changes it.
 */
export class Pipeline extends Stack {
  constructor(scope: Construct, id: string, { settings, bundles }: PipelineProps) {
    const { repository, branch, connectionArn, staging, production } = settings;
    const home = Arn.split(connectionArn, ArnFormat.SLASH_RESOURCE_NAME);
    const { partition = '', account = '', region = '' } = home;
    super(scope, id, { env: { account, region }, description: 'Detent: from a commit to production' });

    const source = producing(
      CodePipelineSource.connection(repository, branch, { connectionArn, actionName: SOURCE }),
    );
    const pipeline = new CodePipeline(this, 'Pipeline', {
      pipelineType: PipelineType.V2,
      synth: producing(
        new CodeBuildStep('Verify', {
          input: source,
          installCommands: [INSTALL],
          commands: [...VERIFY, SYNTH],
          primaryOutputDirectory: 'cdk.out/pipeline',
          timeout: Duration.minutes(45),
          buildEnvironment: { computeType: ComputeType.MEDIUM },
        }),
      ),
      // The artifacts are read in other accounts, which the key of the bucket must allow.
      crossAccountKeys: true,
      enableKeyRotation: true,
      cliVersion: cdkVersion(),
      cdkAssetsCliVersion: CDK_ASSETS,
      publishAssetsInParallel: false,
      codeBuildDefaults: {
        buildEnvironment: { buildImage: LinuxBuildImage.STANDARD_7_0 },
        // npm itself runs on it; the scripts run on the Node that `npm ci` brings along. The emulator of AWS runs on Python.
        partialBuildSpec: BuildSpec.fromObject({
          phases: { install: { 'runtime-versions': { nodejs: '22', python: '3.12' } } },
        }),
        timeout: Duration.minutes(45),
      },
    });
    const smoke = (deployment: Deployment) =>
      new ShellStep('Smoke', {
        input: source,
        installCommands: [INSTALL],
        commands: [smokeAt('$API_URL')],
        envFromCfnOutputs: { API_URL: deployment.apiUrl },
      });

    /** By the role for look-ups of the stage's account, which is the same whether that is this account or another. */
    const check = (name: StageName, target: Target) => {
      const role = bootstrapRole('lookup-role', { partition, ...target });
      return new CodeBuildStep('CheckDefinitions', {
        input: source,
        installCommands: [INSTALL],
        commands: [
          `aws configure set profile.lookup.role_arn ${role}`,
          'aws configure set profile.lookup.credential_source EcsContainer',
          `AWS_PROFILE=lookup ${checkDefinitionsOf(`Detent-${name}`)}`,
        ],
        rolePolicyStatements: [new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [role] })],
      });
    };

    const first = new Deployment(this, 'staging', staging, bundles);
    pipeline.addStage(first, { pre: [check('staging', staging)], post: [smoke(first)] });
    const second = new Deployment(this, 'production', production, bundles);
    // An approval may take days, in which instances move on: what was checked before it says nothing any more.
    const approval = new ManualApprovalStep('Approve', {
      comment: 'Staging is up and its smoke test passed.',
    });
    pipeline.addStage(second, {
      pre: Step.sequence([approval, check('production', production)]),
      post: [smoke(second)],
    });
    pipeline.buildPipeline();
    allowConnection(pipeline, connectionArn);
    acknowledge(pipeline);
  }
}

const SOURCE = 'Source';
/** What uploads the bundles, by its major version. */
const CDK_ASSETS = '4';

/** @throws Error where the step has no output. Its type alone does not say that it has. */
function producing<S extends Step>(step: S): S & { primaryOutput: FileSet } {
  if (!step.primaryOutput) throw new Error(`The step ${step.id} has no output`);
  return step as S & { primaryOutput: FileSet };
}

/** CDK grants it under the old name of the service only; an ARN of the new name is guarded by the new one. */
function allowConnection({ pipeline }: CodePipeline, connectionArn: string): void {
  if (Arn.split(connectionArn, ArnFormat.SLASH_RESOURCE_NAME).service !== 'codeconnections') return;
  const action = pipeline.node.findChild('Source').node.findChild(SOURCE);
  const role = action.node.findChild('CodePipelineActionRole') as Role;
  role.addToPolicy(
    new PolicyStatement({ actions: ['codeconnections:UseConnection'], resources: [connectionArn] }),
  );
}
