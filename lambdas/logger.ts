import { Logger } from '@aws-lambda-powertools/logger';
import { MaskingFormatter } from './log-formatter.ts';

export const SERVICE = 'detent';

export const logger = new Logger({ serviceName: SERVICE, logFormatter: new MaskingFormatter() });
