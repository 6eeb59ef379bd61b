import { sendOtpSms } from '../../flows/mfa-login/actions/send-otp-sms.ts';
import { settingsSchema } from '../../flows/mfa-login/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';
import { secretsOf } from '../secrets.ts';
import { tableOf } from '../table.ts';

const environment = environmentOf('actions/send-otp-sms');
const settings = settingsOf('mfa-login', settingsSchema, environment);
const secret = secretsOf({ identity: environment.SECRET_IDENTITY });
const table = tableOf({ quotas: environment.TABLE_QUOTAS });

export const handler = handlerOf(sendOtpSms(settings), { table, secret });
