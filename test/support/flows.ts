/** A flow that answers every text with one template. */
export function replyFlow(message: string, name = 'say'): string {
  return `
name: ${name}
version: "1.0"
nodes:
  - id: say
    type: reply
    config: {message: "${message}"}
triggers:
  - {type: message, target: say}
`;
}
