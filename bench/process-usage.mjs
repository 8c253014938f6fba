import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

// Linux counts processor time in hundredths of a second, whatever the kernel's own tick is.
const TICK_MS = 10;

/** Resident memory of processes, summed, in MB. */
export function memoryMb(pids) {
  const output = execFileSync('ps', ['-o', 'rss=', '-p', pids.join(',')], { encoding: 'utf8' });
  return (
    output
      .trim()
      .split(/\s+/)
      .reduce((sum, kib) => sum + Number(kib), 0) / 1024
  );
}

/** Processor time that processes have had, summed, in ms; NaN where there is no /proc. */
export function cpuMs(pids) {
  try {
    return pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
  } catch {
    return Number.NaN;
  }
}

/**
 * Starts to look at who else is working; the function that it returns tells what share of all cores, 0 to 1, went to
 * processes other than these since then.
 */
export function watchOthers(pids) {
  const [busy, all, own] = [...machineMs(), cpuMs(pids)];
  return () => {
    const [busyNow, allNow, ownNow] = [...machineMs(), cpuMs(pids)];
    return Math.max(0, busyNow - busy - (ownNow - own)) / (allNow - all);
  };
}

function machineMs() {
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const { idle, ...used } = times;
    const sum = Object.values(used).reduce((total, ms) => total + ms, 0);
    busy += sum;
    all += sum + idle;
  }
  return [busy, all];
}

function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, second, is in brackets and may hold spaces; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
