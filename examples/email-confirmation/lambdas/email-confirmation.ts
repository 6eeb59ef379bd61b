import { EffectError } from '../../../core/errors.ts';
import type { MailSender } from '../flows/email-confirmation/mail.ts';

/** Who delivers the mail on AWS: nobody yet. Until then mails wait, are tried again, and their entries say for what. */
export const emailConfirmationSender: MailSender = {
  async send() {
    throw new EffectError('transient', 'no-mail-sender');
  },
};
