/** `cdk synth`, `cdk deploy`: one stack for each stage. */
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundles } from './paths.ts';
import { DetentStack } from './stack.ts';
import { stageOf } from './stage.ts';

const app = new App();
const stage = stageOf(app.node);
const stack = new DetentStack(app, `Detent-${stage.name}`, { stage, bundles });
Tags.of(stack).add('detent:stage', stage.name);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
