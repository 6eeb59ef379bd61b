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
export const sns = () => snsClient(options());
export const secrets = () => secretsClient(options());
