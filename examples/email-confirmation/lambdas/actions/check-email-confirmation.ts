import { handlerOf } from '../../../../lambdas/action-handler.ts';
import { environmentOf } from '../../../../lambdas/environment.ts';
import { secretsOf } from '../../../../lambdas/secrets.ts';
import { checkEmailConfirmation } from '../../flows/email-confirmation/actions/check-email-confirmation.ts';

const environment = environmentOf('actions/check-email-confirmation');
const secret = secretsOf({ requests: environment.SECRET_REQUESTS });

export const handler = handlerOf(checkEmailConfirmation, { secret });
