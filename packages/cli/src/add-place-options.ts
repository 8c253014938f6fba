import type { Command } from 'commander';

/** The options that `PlaceFlags` reads. */
export function addPlaceOptions(command: Command): Command {
  return command
    .option('--bundle <dir>', 'folder of the bundle; else BUNDLE_DIR, else ./bundle')
    .option('--redis <url>', 'address of Redis; else REDIS_CLUSTER_NODES or REDIS_URL, else this machine');
}
