// How the WHATWG URL standard, as Node has it, reads each line of the standard input: scheme, host, port and
// path, tabs between; "-" for what it refuses.
import { createInterface } from 'node:readline';

const ports = { 'http:': '80', 'https:': '443' };
const out = [];
for await (const line of createInterface({ input: process.stdin })) {
  let u = null;
  try {
    u = new URL(line);
  } catch {}
  out.push(u ? `${u.protocol.slice(0, -1)}\t${u.hostname}\t${u.port || ports[u.protocol] || '0'}\t${u.pathname}` : '-\t\t0\t');
}
process.stdout.write(out.join('\n') + '\n');
