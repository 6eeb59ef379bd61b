/** Who may import whom, and what code may not do where. The arrows are those of the layout. */
import { isBuiltin } from 'node:module';
import {
  type Import,
  importsOf,
  literalsOf,
  outerFolders,
  type SourceFile,
  withoutComments,
} from './source.ts';

export interface Words {
  /** Names of flows. */
  flows: string[];
  /** Names of all their stable states. */
  states: string[];
}

export interface Finding {
  rule: string;
  path: string;
  message: string;
}

type Rule = (file: SourceFile, words: Words) => string[];

/** What an area may import beside itself. `infra` and both of `client` take types from anywhere, and nothing else. */
const arrows: { [area: string]: string[] } = {
  core: [],
  flows: ['core', 'state-definitions'],
  // The table of the flows: a row for each.
  'flows/index.ts': ['core', 'flows'],
  api: ['core', 'flows'],
  adapters: ['core'],
  'adapters/aws': ['core', 'adapters'],
  'adapters/embedded': ['core', 'adapters'],
  'adapters/stripe': ['core', 'adapters'],
  lambdas: ['core', 'flows', 'api', 'adapters', 'adapters/aws', 'adapters/stripe'],
  local: ['core', 'flows', 'api', 'adapters', 'adapters/embedded', 'adapters/stripe', 'local/sandbox'],
  // It plays the world outside: it has no part in ours but words.
  'local/sandbox': ['core', 'flows'],
  operations: [
    'core',
    'flows',
    'api',
    'adapters',
    'adapters/aws',
    'adapters/embedded',
    'local',
    'client/drawing',
  ],
  infra: ['state-definitions'],
  client: ['state-definitions', 'client/drawing'],
  // Pages draw with it, and so does a command without a browser.
  'client/drawing': [],
};
const typesFromAnywhere = ['infra', 'client', 'client/drawing'];
/** Folders that are areas of their own. */
const ownAreas = ['local/sandbox', 'client/drawing'];
/** Figures are configuration: none is to be written down twice. */
const figures = /^flows\/[^/]+\/settings\.ts$/;

/** The part of the repository that a file belongs to; each flow, each kind of adapter, the sandbox and drawing is one of its own. */
export function areaOf(path: string): string {
  const [top = '', next = '', ...deeper] = path.split('/');
  if (top === 'flows') return `flows/${next}`;
  const own = top === 'adapters' || ownAreas.includes(`${top}/${next}`);
  return own && deeper.length > 0 ? `${top}/${next}` : top;
}

/** The table of the flows is for those who may import flows, and none of them is one. */
const TABLE = 'flows/index.ts';
const isFlow = (area: string) => area.startsWith('flows/');
const kindOf = (area: string) => (area.startsWith('flows/') && !(area in arrows) ? 'flows' : area);
const isOuter = ({ path }: SourceFile) => outerFolders.includes(areaOf(path));
const isAction = ({ path }: SourceFile) => /^flows\/[^/]+\/actions\//.test(path);
const isPure = ({ path }: SourceFile) => /^(core|flows)\//.test(path);

function mayImport(area: string, { target = '', typeOnly }: Import): boolean {
  const other = areaOf(target);
  if (area === other) return true;
  if (typeOnly && typesFromAnywhere.includes(area)) return true;
  if (area === 'infra' && figures.test(target)) return true;
  const allowed = arrows[kindOf(area)] ?? [];
  return (
    allowed.includes(kindOf(other)) ||
    (other === TABLE && area !== 'core' && !isFlow(area) && allowed.includes('flows'))
  );
}

/** Functions of node:crypto that compute: same input, same output. */
const computing = [
  'createHmac',
  'createHash',
  'createSecretKey',
  'timingSafeEqual',
  'scrypt',
  'type KeyObject',
];
const namesOf = ({ names }: Import) =>
  names
    .replace(/^type\b/, '')
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
const isComputing = (one: Import) =>
  /^(node:)?crypto$/.test(one.from) && namesOf(one).every((name) => computing.includes(name));

const isPackage = ({ from, target }: Import) => target === undefined && !isBuiltin(from) && from !== '?';
const isAws = ({ from }: Import) => /^(@aws-|aws-|@smithy\/|@middy\/|constructs|cdk-)/.test(from);

/** What makes a run differ from its repetition, or reaches out of the process. */
const impurities: [RegExp, string][] = [
  [/\bDate\s*\.\s*now\b/, 'Date.now'],
  [/\bnew\s+Date\s*(\(\s*\)|(?!\s*\())/, 'new Date() of now'],
  [/(?<!new\s+)\bDate\s*\(\s*\)/, 'Date() of now'],
  [/\bMath\s*\.\s*random\b/, 'Math.random'],
  [/\b(randomUUID|randomBytes|randomInt|getRandomValues)\b/, 'randomness'],
  [/\b(setTimeout|setInterval|setImmediate)\b/, 'a timer'],
  [/\bperformance\s*\.\s*now\b/, 'performance.now'],
  [/\bprocess\b\s*[.[]/, 'process'],
  [/\bfetch\s*\(/, 'fetch'],
];

/** Where the environment of the process is read; everybody else is told. */
const readers = ['local/main.ts', 'lambdas/environment.ts', 'infra/app.ts'];
const environment = /\bprocess\s*(\??\.\s*env\b|\??\.?\s*\[)|\benv\b[^;=]*=\s*process\b/;

/** Two values that are compared, one of which is called like a secret. */
const comparison = /([\w.]+)\s*[!=]==?\s*([\w.]+)|[\w.]+\.equals\(|\bBuffer\.compare\(/g;
const secret = /(password|passcode|secret|signature|token|otp|mac|digest|hash|fingerprint|code)$/i;
const constant = /^(undefined|null|true|false|\d.*)$/;

function comparedSecrets(text: string): string[] {
  const found = [...withoutComments(text).matchAll(comparison)];
  return found.flatMap(([all, one, other]) => {
    const sides = [one, other].filter((side) => side !== undefined);
    const harmless = sides.length > 0 && (sides.some(isConstant) || !sides.some(isSecret));
    return harmless ? [] : [all];
  });
}
const isConstant = (side: string) => constant.test(side);
const isSecret = (side: string) => secret.test(side);

const MAX_LINES = 600;
const anyType = /(?:[:<,|&(]\s*|\bas\s+|\bextends\s+)any\b(?!\s*:)|\bany\[\]/;

const word = (name: string) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`);

export const rules: { [name: string]: Rule } = {
  arrows: (file) =>
    isOuter(file)
      ? []
      : importsOf(file)
          .filter((one) => one.target !== undefined && !mayImport(areaOf(file.path), one))
          .map(({ target }) => `imports ${target}: against the arrows of the layout`),

  'import-known': (file) =>
    isPure(file) && importsOf(file).some(({ from }) => from === '?')
      ? ['import() of a computed name cannot be checked']
      : [],

  'core-packages': (file) =>
    areaOf(file.path) !== 'core'
      ? []
      : importsOf(file)
          .filter((one) => isPackage(one) && !isAws(one) && !one.typeOnly)
          .map(({ from }) => `imports the package ${from}: core is plain TypeScript`),

  'no-aws': (file) =>
    /^(core|flows|api)\//.test(file.path)
      ? importsOf(file)
          .filter(isAws)
          .map(({ from }) => `imports ${from}: AWS is for adapters and those who wire them`)
      : [],

  'no-io': (file) =>
    isPure(file)
      ? importsOf(file)
          .filter((one) => isBuiltin(one.from) && !isComputing(one))
          .map(({ from, names }) => `imports ${names} from ${from}: only computing is allowed here`)
      : [],

  'no-node-in-drawing': (file) =>
    areaOf(file.path) === 'client/drawing'
      ? importsOf(file)
          .filter((one) => isBuiltin(one.from))
          .map(({ from }) => `imports ${from}: it runs in a browser as well`)
      : [],

  'no-flow-in-core': ({ path, text }, { flows }) =>
    areaOf(path) !== 'core'
      ? []
      : flows
          .filter((flow) => literalsOf(text).some((one) => word(flow).test(one)))
          .map((flow) => `names the flow ${flow}`),

  'no-state-in-action': (file, { states }) =>
    isAction(file)
      ? states
          .filter((state) => word(state).test(file.text))
          .concat(literalsOf(file.text).includes('New') ? ['New'] : [])
          .map((state) => `spells the state ${state}: the definition alone says what comes next`)
      : [],

  deterministic: (file) => {
    if (!isPure(file)) return [];
    const code = withoutComments(file.text);
    return impurities.filter(([pattern]) => pattern.test(code)).map(([, what]) => `uses ${what}`);
  },

  environment: (file) =>
    !isOuter(file) &&
    !isPure(file) &&
    !readers.includes(file.path) &&
    (environment.test(withoutComments(file.text)) ||
      importsOf(file).some(({ from }) => /^(node:)?process$/.test(from)))
      ? [`reads the environment: that is for ${readers.join(', ')}`]
      : [],

  // A page knows no more than its reader.
  'constant-time': (file) =>
    isOuter(file) || file.path.startsWith('client/')
      ? []
      : comparedSecrets(file.text).map((found) => `compares ${found}: secrets are for timingSafeEqual`),

  length: ({ text }) => {
    const lines = text.split('\n').length - 1;
    return lines > MAX_LINES ? [`has ${lines} lines, more than ${MAX_LINES}`] : [];
  },

  'no-any': ({ text }) =>
    anyType.test(withoutComments(text).replace(new RegExp(/'[^'\n]*'/g), "''")) ? ['uses the type any'] : [],
};

export const check = (files: SourceFile[], words: Words): Finding[] =>
  files.flatMap((file) =>
    Object.entries(rules).flatMap(([rule, find]) =>
      find(file, words).map((message) => ({ rule, path: file.path, message })),
    ),
  );
