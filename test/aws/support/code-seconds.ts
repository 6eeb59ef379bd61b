/** Changes for how long a code is valid, as a deployment with other settings would. */
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { stepFunctions } from './clients.ts';
import type { Deployment } from './deployment.ts';
import { setVariables, variablesOf } from './functions.ts';

const SETTINGS = 'MFA_LOGIN_SETTINGS';

export async function setCodeSeconds(
  { functions, stateMachine }: Pick<Deployment, 'functions' | 'stateMachine'>,
  codeSeconds: number,
): Promise<void> {
  await Promise.all([
    ...Object.values(functions).map((name) => changeFunction(name, codeSeconds)),
    changeDefinition(stateMachine, codeSeconds),
  ]);
}

async function changeFunction(name: string, codeSeconds: number): Promise<void> {
  const { [SETTINGS]: text } = await variablesOf(name);
  if (text === undefined) throw new Error(`${name} has no ${SETTINGS}`);
  await setVariables(name, { [SETTINGS]: JSON.stringify({ ...JSON.parse(text), codeSeconds }) });
}

/** The deadline of the state is in the definition. */
async function changeDefinition(stateMachineArn: string, codeSeconds: number): Promise<void> {
  const client = stepFunctions();
  const { definition = '' } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const machine = JSON.parse(definition);
  machine.States.WaitForOtpInput.Parameters.deadlineSeconds = codeSeconds;
  await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(machine) }));
}
