/** Who performs the effects of all flows here, by kind. */
import type { TableQueues } from '../adapters/embedded/table-queue.ts';
import { alarmExecutors } from '../core/alarm.ts';
import type { EffectExecutor, Observer, Secrets, SmsSender, Table } from '../core/ports.ts';
import { publishExecutors } from '../core/publication.ts';
import { fulfilmentExecutors } from '../flows/checkout/fulfilment.ts';
import { checkoutExecutors } from '../flows/checkout/payments.ts';
import type { FlowSettings } from '../flows/index.ts';
import { smsExecutor } from '../flows/mfa-login/sms.ts';
import { gatewayExecutors } from '../flows/payment/gateway.ts';
import { type Faults, faultyQueue, faultySms } from './faults.ts';
import type { Outside } from './outside.ts';
import { COMMANDS } from './warehouse.ts';

export interface ExecutorPorts {
  table: Table;
  secret: Secrets;
  observe: Observer;
  phone: SmsSender;
  queues: TableQueues;
  outside: Outside;
  faults: Faults;
  settings: FlowSettings;
}

export function executorsOf(ports: ExecutorPorts): { [kind: string]: EffectExecutor } {
  const { table, secret, observe, phone, queues, outside, faults, settings } = ports;
  return {
    sms: smsExecutor(table, secret, faultySms(phone, faults), settings['mfa-login']),
    ...gatewayExecutors(outside.gateway, settings.payment, table),
    ...checkoutExecutors(outside.checkout, outside.gateway),
    ...fulfilmentExecutors(faultyQueue(queues.sender(COMMANDS), faults)),
    ...alarmExecutors(observe),
    ...publishExecutors(outside.publish),
  };
}
