import { handlerOf } from '../../../../lambdas/action-handler.ts';
import { environmentOf, settingsOf } from '../../../../lambdas/environment.ts';
import { resendEmailConfirmation } from '../../flows/email-confirmation/actions/resend-email-confirmation.ts';
import { emailConfirmationSettingsSchema } from '../../flows/email-confirmation/settings.ts';

const environment = environmentOf('actions/resend-email-confirmation');
const settings = settingsOf('email-confirmation', emailConfirmationSettingsSchema, environment);

export const handler = handlerOf(resendEmailConfirmation(settings));
