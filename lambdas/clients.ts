/** The clients of this function's services: traced, and at an emulator's address where there is one. */
import {
  type ClientOptions,
  secretsClient,
  snsClient,
  stepFunctionsClient,
} from '../adapters/aws/clients.ts';
import { emulated } from './environment.ts';
import { tracer } from './telemetry.ts';

export const options = (): ClientOptions => ({
  capture: (client) => tracer.captureAWSv3Client(client),
  emulated: emulated(),
});

export const stepFunctions = () => stepFunctionsClient(options());
/** Not traced: X-Ray keeps the messages of failed calls, and SNS quotes the number in one. */
export const sns = () => snsClient({ emulated: emulated() });
export const secrets = () => secretsClient(options());
