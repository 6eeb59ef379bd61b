import { handlerOf } from '../../../../lambdas/action-handler.ts';
import { environmentOf, settingsOf } from '../../../../lambdas/environment.ts';
import { sendEmailConfirmation } from '../../flows/email-confirmation/actions/send-email-confirmation.ts';
import { emailConfirmationSettingsSchema } from '../../flows/email-confirmation/settings.ts';

const environment = environmentOf('actions/send-email-confirmation');
const settings = settingsOf('email-confirmation', emailConfirmationSettingsSchema, environment);

export const handler = handlerOf(sendEmailConfirmation(settings));
