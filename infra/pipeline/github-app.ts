/** `npx cdk deploy --app "node infra/pipeline/github-app.ts" --all`: the roles of the GitHub workflow. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { githubRoles } from './github.ts';
import { githubSettings } from './settings.ts';

const app = new App();
githubRoles(app, githubSettings(app.node));
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
