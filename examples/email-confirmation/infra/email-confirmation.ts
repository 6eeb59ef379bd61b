import type { Construct } from 'constructs';
import { actionFunction } from '../../../infra/action-function.ts';
import { settingsOfOne } from '../../../infra/figures.ts';
import { Flow } from '../../../infra/flow.ts';
import type { Common } from '../../../infra/node-function.ts';
import type { Secrets } from '../../../infra/secrets.ts';

/** The email confirmation: its definition, and for each action a function that reaches exactly what the action declares. */
export function emailConfirmationFlow(scope: Construct, common: Common, { requests }: Secrets): Flow {
  const { stage } = common;
  const environment = { FLOW_SETTINGS: settingsOfOne(stage, 'email-confirmation') };
  const settled = { ...common, environment, memorySize: 256 };
  const actions = {
    SendEmailConfirmation: actionFunction(scope, 'SendEmailConfirmation', {
      ...settled,
      entry: 'actions/send-email-confirmation',
    }),
    ResendEmailConfirmation: actionFunction(scope, 'ResendEmailConfirmation', {
      ...settled,
      entry: 'actions/resend-email-confirmation',
    }),
    CheckEmailConfirmation: actionFunction(scope, 'CheckEmailConfirmation', {
      ...common,
      entry: 'actions/check-email-confirmation',
      environment: { SECRET_REQUESTS: requests },
      memorySize: 256,
    }),
  };
  const numbers = { LinkSeconds: stage.emailConfirmation.linkSeconds };
  return new Flow(scope, 'EmailConfirmation', { stage, name: 'email-confirmation', numbers, actions });
}
