import { type ParsedFlow } from '../read-flow.ts';
import { valueAt } from './raw-values.ts';

const VERSION = /^\d+\.\d+(\.\d+)?([-+][\w.-]+)?$/;

/** W120: a version that cannot be compared with another one. */
export function checkVersion(flow: ParsedFlow): void {
  const version = valueAt(flow.yaml.value, ['version']);
  if (typeof version !== 'string' || VERSION.test(version)) return;
  flow.file.report({
    code: 'W120',
    place: flow.yaml.placeOf(['version']),
    message: '`version` is not written as versions are',
    fix: 'write two or three numbers, such as "1.0" or "1.2.3"',
  });
}
