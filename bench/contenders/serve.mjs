// How a contender tells where it listens, and ends with the benchmark.

const KEEP_ALIVE_MS = 65_000;

/** Opens the contender's port on the loopback and says so. */
export function serve(server) {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1', () => sayReady({ port: server.address().port }));
}

/** For a contender without a port too. */
export function sayReady(what = {}) {
  process.on('disconnect', () => process.exit(0));
  process.send({ kind: 'ready', ...what });
}
