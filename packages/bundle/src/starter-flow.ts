import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PUBLIC, type PlannedFile } from './write-files.ts';

const HELLO = `# A first conversation: it greets, offers two buttons, and answers each.
# Change it, then check it with: alur validate .
name: hello
version: '1.0'
nodes:
  - id: greet
    type: reply
    config:
      interactive:
        type: button
        body:
          text: 'Hello! What would you like to do?'
        action:
          buttons:
            - type: reply
              reply:
                id: 'hours'
                title: 'Opening hours'
            - type: reply
              reply:
                id: 'human'
                title: 'Talk to a person'

  - id: route
    type: branch
    config:
      conditions:
        - expression: "button.id == 'hours'"
          next: hours
        - expression: "button.id == 'human'"
          next: human
      default: greet

  - id: hours
    type: reply
    config:
      message: 'We are here from Monday to Friday, 9 to 17.'

  - id: human
    type: reply
    config:
      message: 'Thank you. Somebody will write to you here.'

triggers:
  - type: interactive
    target: route
  - type: default
    target: greet
`;

/** The first flow for a folder of flows (inside the bundle) that has none; nothing when there is one. */
export async function starterFlow(dir: string, flows: string): Promise<PlannedFile[]> {
  const names = await readdir(join(dir, flows), { recursive: true }).catch(() => []);
  if (names.some((name) => name.endsWith('.ygtc'))) return [];
  return [{ path: join(flows, 'hello.ygtc'), text: HELLO, ...PUBLIC }];
}
