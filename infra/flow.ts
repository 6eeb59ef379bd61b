import { readFileSync } from 'node:fs';
import { Aws, Fn, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { definitionOf } from './paths.ts';
import type { Stage } from './stage.ts';

export interface FlowProps {
  stage: Stage;
  /** The name of the flow, and of its definition under state-definitions/. */
  name: string;
  /** What a `${Name}` in the definition stands for where it is a number. */
  numbers: { readonly [placeholder: string]: number };
  /** The function of every action, by the action's name. */
  actions: { readonly [action: string]: IFunction };
}

/** The definition of a flow as an Express state machine. */
export class Flow extends Construct {
  readonly name: string;
  readonly stateMachineArn: string;
  readonly actions: readonly IFunction[];

  constructor(scope: Construct, id: string, { stage, name, numbers, actions }: FlowProps) {
    super(scope, id);
    const definition = fill(readFileSync(definitionOf(name), 'utf8'), numbers, Object.keys(actions));
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `Executions of ${name}: may call its actions`,
    });
    const arns = Object.fromEntries(
      Object.entries(actions).map(([action, { functionArn }]) => [action, functionArn]),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: Object.values(arns) }),
    );
    const { stateMachineArn } = new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.EXPRESS,
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: arns,
      role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // Under this prefix the service needs no growing resource policy on log groups.
          // The name has a part of the stack's id: a group that was retained must not stand in the way of the next stack.
          logGroupName: `/aws/vendedlogs/states/${Stack.of(this).stackName}-${name}-${stackPart()}`,
          retention: stage.logRetention,
          removalPolicy: stage.removalPolicy,
        }),
        level: LogLevel.ALL,
        // Passwords, codes and tokens pass through an execution.
        includeExecutionData: false,
      },
    });
    this.name = name;
    this.stateMachineArn = stateMachineArn;
    this.actions = Object.values(actions);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray and the delivery of logs have no resources: AWS grants their actions on all or none.',
    });
  }
}

const stackPart = (): string => Fn.select(2, Fn.split('/', Aws.STACK_ID));

/**
 * CloudFormation substitutes texts alone: numbers are filled in here, where the definition needs a JSON number. Functions
 * remain, for their ARNs are known only later.
 *
 * @throws Error for a placeholder that nothing stands for.
 */
function fill(definition: string, numbers: FlowProps['numbers'], actions: string[]): string {
  const filled = JSON.parse(definition, (_key, value) => {
    const name = typeof value === 'string' ? /^\$\{(\w+)\}$/.exec(value)?.[1] : undefined;
    if (name === undefined || actions.includes(name)) return value;
    const number = numbers[name];
    if (number === undefined) throw new Error(`Nothing stands for $\{${name}} in the definition`);
    return number;
  });
  return JSON.stringify(filled);
}
