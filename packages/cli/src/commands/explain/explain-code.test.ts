import { FINDING_CODES } from '@alur/flow';
import { describe, expect, test } from '@jest/globals';
import { runAlur } from '../../testing/run-alur.ts';

const explain = (...argv: string[]) => runAlur(['explain', ...argv], process.cwd());

describe('alur explain', () => {
  test('says what a code means, how the finding looks, and the right form', async () => {
    const { exit, out, err } = await explain('w120');
    expect([exit, err]).toEqual([0, '']);
    expect(out).toBe(`warning[W120]: no version number

Versions are two or three numbers, such as "1.0" or "1.2.3", so that one can be told to be newer.

Wrong:

  name: example
  version: "latest"
  nodes:
    - { id: start, type: reply, config: { message: "Hello" } }
  triggers:
    - { type: message, target: start }

warning[W120]: \`version\` is not written as versions are
 --> example.ygtc:2:10
  |
2 | version: "latest"
  |          ^^^^^^^^
  = help: write two or three numbers, such as "1.0" or "1.2.3"

Right:

  name: example
  version: "1.2.3"
  nodes:
    - { id: start, type: reply, config: { message: "Hello" } }
  triggers:
    - { type: message, target: start }
`);
  });

  test.each(['e110', 'E110', '131026', '200-299'])('takes %s', async (code) => {
    expect(await explain(code)).toMatchObject({ exit: code === '200-299' ? 4 : 0 });
  });

  test('says of a code of the Graph API what it means and what to do', async () => {
    const { out } = await explain('131026');
    expect(out).toContain('131026: The contact cannot get the message\n');
    expect(out).toContain('Class bad_recipient: ');
    expect((await explain('owner_lost')).out).toContain('The sender was lost');
  });

  test('without a code lists all of them, one line each', async () => {
    const { exit, out } = await explain();
    expect(exit).toBe(0);
    const codes = [...out.matchAll(/^([EW]\d{3}) {2}(error|warning) +\S/gm)].map(([, code]) => code);
    expect(codes).toEqual(Object.keys(FINDING_CODES).sort());
  });

  test.each([
    ['E1O1', 'did you mean E101?'],
    ['W110x', 'did you mean W110?'],
    ['110', 'did you mean E110?'],
    ['nonsense', '`alur explain` lists all codes'],
    ['', '`alur explain` lists all codes'],
    ['constructor', '`alur explain` lists all codes'],
  ])('of %j, which is no code: exit 4, and %s', async (code, fix) => {
    const { exit, out, err } = await explain(code);
    expect([exit, out]).toEqual([4, '']);
    expect(err).toContain(`Cannot explain "${code}": there is no such code`);
    expect(err).toContain(`help: ${fix}`);
  });

  test('has the same as one JSON document', async () => {
    const { out } = await explain('E110', '--json');
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      command: 'explain',
      data: { code: 'E110', severity: 'error', wrong: [{ finding: { line: 4 } }, {}], right: [{}] },
    });
  });
});
