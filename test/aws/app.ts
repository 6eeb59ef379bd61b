/** The app that the tests against an emulator deploy. */
import { App } from 'aws-cdk-lib';
import { bundles } from '../../infra/paths.ts';
import { DetentStack } from '../../infra/stack.ts';
import { stageOf } from '../../infra/stage.ts';

const app = new App();
const stage = stageOf(app.node);
new DetentStack(app, `Detent-${stage.name}`, { stage, bundles });
