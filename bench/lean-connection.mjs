import { connect } from 'node:net';

/**
 * A kept-alive connection that sends one prepared request at a time and reads nothing of the answer but its status:
 * as little work as possible, so that the generator is not what is measured.
 */
export class LeanConnection {
  #socket;
  #answer = '';
  #settle;

  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#end(0));
  }

  /** Resolves to the status of the answer, or 0 when the connection ended first. */
  send(request) {
    return new Promise((resolve) => {
      this.#settle = resolve;
      if (this.#socket.destroyed) this.#end(0);
      else this.#socket.write(request);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #read(chunk) {
    this.#answer += chunk;
    const head = this.#answer.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#answer)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) return this.close();
    if (this.#answer.length < head + 4 + length) return;
    const status = Number(this.#answer.slice(9, 12));
    this.#answer = '';
    this.#end(status);
  }

  #end(status) {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(status);
  }
}
