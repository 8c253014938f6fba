// Flows that do everything with what a contact wrote, and fail in every way.

export function canaryFlows(web: string, dead: string): Record<string, string> {
  const calls = [
    `${web}/ok?key={{secrets.key}}`,
    `${web}/echo?key={{secrets.key}}&text={{message.text}}`,
    `${web}/bad-json?key={{secrets.key}}`,
    `${web}/cut?key={{secrets.key}}`,
    `${web}/hang?key={{secrets.key}}`,
    `${web}/redirect?key={{secrets.key}}`,
    `${dead}/nobody?key={{secrets.key}}`,
    'http://10.1.2.3/private?key={{secrets.key}}&text={{message.text}}',
    'https://canary.invalid/?key={{secrets.key}}&text={{message.text}}',
  ];
  const nodes = calls.map((url, index) => callNode(url, index)).join('');
  return { 'all.ygtc': all(nodes, calls.length), 'say.ygtc': SAY };
}

function callNode(url: string, index: number): string {
  return `  - id: call${index}
    type: http
    timeout: 300
    on_error: call${index + 1}
    config: {method: POST, url: "${url}", headers: {x-key: "{{secrets.key}}"}, body: {text: "{{message.text}}", who: "{{contact.wa_id}}"}}
    output: answer${index}
    next: call${index + 1}
`;
}

function all(calls: string, count: number): string {
  return `name: all
version: "1.0"
input: [gift]
nodes:
${calls}  - {id: call${count}, type: reply, config: {message: "called {{answer0.body}} {{answer1.body}}"}}
  - {id: log, type: log, config: {level: error, message: "wrote {{contact.name}} {{contact.wa_id}} {{contact.user_id}} {{message.text}} {{media.caption}}"}, next: fail}
  - {id: fail, type: error, config: {message: "{{message.text}} of {{contact.name}} {{contact.wa_id}}"}}
  - {id: long, type: reply, config: {buttons: [{id: a, title: "{{message.text}}"}], message: "{{message.text}}"}}
  - {id: tell, type: event, config: {event_type: canary.told, payload: {text: "{{message.text}}", who: "{{contact.name}}"}}}
  - {id: people, type: handoff, config: {queue: desk, note: "{{message.text}} {{contact.name}}"}}
  - {id: ask, type: reply, config: {message: "and? {{message.text}}"}, next: hear}
  - {id: hear, type: wait, config: {save: kept, timeout: 1, on_timeout: late}, next: log}
  - {id: late, type: reply, config: {message: "late {{message.text}} {{contact.name}}"}}
  - id: template
    type: reply
    config: {template: {name: canary, language: en, components: [{type: body, parameters: [{type: text, text: "{{message.text}}"}]}]}}
  - {id: gift, type: reply, config: {message: "gift {{input.gift}}", outside_window: {template: {name: canary, language: en, components: [{type: body, parameters: [{type: text, text: "{{input.gift}}"}]}]}}}}
  - {id: file, type: reply, config: {media: {type: image, link: "https://files.invalid/{{message.text}}.png", caption: "{{message.text}}"}}}
  - {id: raw, type: reply, config: {raw: {type: "text", text: {body: "{{message.text}}"}}}}
triggers:
  - {type: message, pattern: "^qa-call", target: call0}
  - {type: message, pattern: "^qa-log", target: log}
  - {type: message, pattern: "^qa-fail", target: fail}
  - {type: message, pattern: "^qa-long", target: long}
  - {type: message, pattern: "^qa-tell", target: tell}
  - {type: message, pattern: "^qa-people", target: people}
  - {type: message, pattern: "^qa-ask", target: ask}
  - {type: message, pattern: "^qa-template", target: template}
  - {type: message, pattern: "^qa-file", target: file}
  - {type: message, pattern: "^qa-raw", target: raw}
  - {type: event, event_type: gift.sent, target: gift}
`;
}

const SAY = `name: say
version: "1.0"
nodes:
  - {id: keep, type: state, config: {action: set, key: kept, value: "{{message.text}}{{button.title}}{{media.caption}}{{location.name}}"}, next: say}
  - {id: say, type: reply, config: {message: "You, {{contact.name}}, said: {{state.kept}}"}}
  - {id: status, type: event, config: {event_type: status.seen, payload: {state: "{{status.state}}", reason: "{{status.reason}}"}}}
triggers:
  - {type: message, target: keep}
  - {type: interactive, target: keep}
  - {type: media, target: keep}
  - {type: location, target: keep}
  - {type: contacts, target: keep}
  - {type: order, target: keep}
  - {type: reaction, target: keep}
  - {type: referral, target: keep}
  - {type: edit, target: keep}
  - {type: revoke, target: keep}
  - {type: unsupported, target: keep}
  - {type: status, target: status}
`;
