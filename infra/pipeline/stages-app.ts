/** What the GitHub workflow deploys: `npx cdk deploy --app "node infra/pipeline/stages-app.ts" "staging/*"`. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundles } from '../paths.ts';
import { Deployment } from './deployment.ts';
import { githubSettings } from './settings.ts';

const app = new App();
const { staging, production } = githubSettings(app.node);
new Deployment(app, 'staging', staging, bundles);
new Deployment(app, 'production', production, bundles);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
