import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { mask, maskText } from './masking.ts';

/** Every log line passes through here, and nothing gets past the mask. */
export class MaskingFormatter extends LogFormatter {
  formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const { logLevel, message, timestamp, serviceName, lambdaContext, xRayTraceId } = attributes;
    return new LogItem({
      attributes: {
        level: logLevel,
        message: maskText(message),
        timestamp: this.formatTimestamp(timestamp),
        service: serviceName,
        function_name: lambdaContext?.functionName,
        function_request_id: lambdaContext?.awsRequestId,
        cold_start: lambdaContext?.coldStart,
        xray_trace_id: xRayTraceId,
        ...(mask(additional) as LogAttributes),
      },
    });
  }
}
