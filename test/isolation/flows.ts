import type { Party } from './parties.ts';

// The same flows for each team, but for the mark. Whatever a flow can see of a conversation is in what it sends.

export function flowsOf(
  { mark, tenant, team }: Pick<Party, 'mark' | 'tenant' | 'team'>,
  webUrl: string,
): Record<string, string> {
  const own = `MK${mark}:`;
  const seen = [
    ...['{{tenant}}/{{team}}/{{number}}', '{{contact.name}}', '{{contact.tags}}', '{{state.kept}}'],
    ...['{{message.text}}', '{{button.title}}', '{{media.caption}}', '{{location.name}}'],
  ].join(' | ');
  return {
    'say.ygtc': sayFlow(own, seen),
    'more.ygtc': moreFlow(own, seen, { web: `${webUrl}/web/${tenant}/${team}`, team }),
  };
}

function sayFlow(own: string, seen: string): string {
  return `name: say
version: "1.0"
nodes:
  - id: say
    type: reply
    config: {message: "${own} ${seen}", outside_window: skip}
    next: keep
  - id: keep
    type: state
    config: {action: set, key: kept, value: "${own}{{message.text}}"}
triggers:
  - {type: message, target: say}
  - {type: media, target: say}
  - {type: location, target: say}
  - {type: interactive, target: say}
`;
}

function moreFlow(own: string, seen: string, { web, team }: { web: string; team: string }): string {
  // Each receipt is a turn then: one team of a tenant is enough.
  const hearsReceipts = team === 'care';
  return `name: more
version: "1.0"
input: [ref]
nodes:
  - {id: tag, type: tag, config: {add: ["vip", "${own}"]}, next: tell}
  - id: tell
    type: event
    config: {event_type: order.placed, payload: {own: "${own}", seen: "${seen}"}}
  - {id: ask, type: reply, config: {message: "${own} what? ${seen}"}, next: hear}
  - {id: hear, type: wait, config: {save: answer, timeout: 3600}, next: heard}
  - {id: heard, type: reply, config: {message: "${own} heard {{answer}} ${seen}"}}
  - {id: people, type: handoff, config: {queue: desk, note: "${own} ${seen}", release_after: 600}}
  - id: call
    type: http
    config:
      method: POST
      url: "${web}"
      headers: {x-key: "{{secrets.key}}"}
      body: {own: "${own}", seen: "${seen}"}
    output: answer
    next: called
  - {id: called, type: reply, config: {message: "${own} {{string(answer.status)}} {{answer.body.said}} ${seen}"}}
  - {id: fail, type: error, config: {message: "${own} failed"}}
  - id: paid
    type: reply
    config:
      message: "${own} paid {{input.ref}} ${seen}"
      outside_window: {template: {name: paid, language: en, components: [{type: body, parameters: [{type: text, text: "${own} paid {{input.ref}}"}]}]}}
${hearsReceipts ? `  - {id: status, type: event, config: {event_type: status.seen, payload: {own: "${own}", state: "{{status.state}}"}}}` : ''}
triggers:
  - {type: message, pattern: "^tag ", target: tag}
  - {type: message, pattern: "^ask ", target: ask}
  - {type: message, pattern: "^people ", target: people}
  - {type: message, pattern: "^call ", target: call}
  - {type: message, pattern: "^fail ", target: fail}
  - {type: event, event_type: order.paid, target: paid}
${hearsReceipts ? '  - {type: status, target: status}' : ''}
`;
}
