/**
 * Prints a line for each message that the emulator at `url` sees, without its text. Ends quietly with the emulator, or
 * when the returned controller is aborted.
 */
export function followChat(url, say) {
  const controller = new AbortController();
  follow(url, say, controller.signal).catch(() => undefined);
  return controller;
}

async function follow(url, say, signal) {
  const response = await fetch(`${url}/_emulator/events`, { signal });
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line.startsWith('data: ')) tell(JSON.parse(line.slice(6)), say);
  }
}

function tell({ type, message, status, error }, say) {
  if (type === 'inbound') say(`  → in   ${message.type}`);
  if (type === 'outbound') say(`  ← out  ${message.type ?? 'text'}`);
  if (type === 'webhook' && status !== 200) say(`  ! webhook answered with ${status || error}`);
  if (type === 'status' && status === 'failed') say(`  ! failed  ${error ?? ''}`);
}
