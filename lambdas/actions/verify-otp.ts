import { verifyOtp } from '../../flows/mfa-login/actions/verify-otp.ts';
import { settingsSchema } from '../../flows/mfa-login/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';
import { secretsOf } from '../secrets.ts';
import { tableOf } from '../table.ts';

const environment = environmentOf('actions/verify-otp');
const settings = settingsOf('mfa-login', settingsSchema, environment);
const secret = secretsOf({ otp: environment.SECRET_OTP, identity: environment.SECRET_IDENTITY });
const table = tableOf({ users: environment.TABLE_USERS });

export const handler = handlerOf(verifyOtp(settings), { table, secret });
