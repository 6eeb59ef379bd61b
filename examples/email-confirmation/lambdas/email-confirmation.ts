import { EffectError } from '../../../core/errors.ts';
import type { MailSender } from '../flows/email-confirmation/mail.ts';

/** Who delivers the mail on AWS: nobody yet. A mail is tried some times and then failed; its entry says what is missing. */
export const emailConfirmationSender: MailSender = {
  async send() {
    throw new EffectError('transient', 'no-mail-sender');
  },
};
