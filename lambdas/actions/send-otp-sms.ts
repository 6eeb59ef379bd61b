import { sendOtpSms } from '../../flows/mfa-login/actions/send-otp-sms.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';
import { secretsOf } from '../secrets.ts';
import { tableOf } from '../table.ts';

const environment = environmentOf('actions/send-otp-sms');
const secret = secretsOf({ identity: environment.SECRET_IDENTITY });
const table = tableOf({ quotas: environment.TABLE_QUOTAS });

export const handler = handlerOf(sendOtpSms(settingsOf(environment)), { table, secret });
