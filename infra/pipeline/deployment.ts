import { type CfnOutput, Stage, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DetentStack } from '../stack.ts';
import { stageFrom } from '../stage.ts';
import type { Target } from './settings.ts';

export type StageName = 'staging' | 'production';

/** The same stack that `cdk deploy -c stage=…` makes, as one stage of the pipeline. */
export class Deployment extends Stage {
  readonly apiUrl: CfnOutput;

  constructor(scope: Construct, name: StageName, { account, region, settings }: Target, bundles: string) {
    super(scope, name, { env: { account, region } });
    const stage = stageFrom({ ...settings, region, stage: name });
    const stack = new DetentStack(this, 'Detent', { stage, bundles });
    Tags.of(stack).add('detent:stage', name);
    this.apiUrl = stack.apiUrl;
  }
}
