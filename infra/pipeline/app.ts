/** `npm run synth:pipeline`: the pipeline on AWS, and within it staging and production. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundles } from '../paths.ts';
import { Pipeline } from './pipeline.ts';
import { pipelineSettings } from './settings.ts';

const app = new App();
new Pipeline(app, 'DetentPipeline', { settings: pipelineSettings(app.node), bundles });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
