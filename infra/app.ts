/** `cdk synth`, `cdk deploy`: one stack for each stage. */
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundles } from './paths.ts';
import { DetentStack } from './stack.ts';
import { stageOf } from './stage.ts';

const app = new App();
// The CLI sets the first. An endpoint on this machine is an emulator's.
const { CDK_DEFAULT_REGION: region, AWS_ENDPOINT_URL: endpoint = '' } = process.env;
const isReal = !/\/\/(localhost|127\.0\.0\.1)\b/.test(endpoint);
const stage = stageOf(app.node, { region, metricMath: isReal, tlsOnly: isReal });
const stack = new DetentStack(app, `Detent-${stage.name}`, { stage, bundles });
Tags.of(stack).add('detent:stage', stage.name);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
