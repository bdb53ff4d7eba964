// What the scripts share that need no web server: they print what the browser is to do, and read
// what came of it. driven.py is the other side.
//
// In:  one JSON object as the first argument, then lines on standard input.
// Out: lines of JSON on standard output; the last has "ok".
import {createInterface} from 'node:readline';
import {webcrypto} from 'node:crypto';

globalThis.crypto ??= webcrypto; // Node.js 18 has it, but not as a global

export const settings = JSON.parse(process.argv[2]);

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();

export function tell(line) {
	process.stdout.write(JSON.stringify(line) + '\n');
}

export async function hear() {
	const {value, done} = await lines.next();

	if (done) process.exit(0);
	return value;
}

// The answer to an authorization request that the driver sent the browser to.
export async function visit(url) {
	tell({authorize: String(url)});
	return new URL(await hear());
}

export const octokitError = (error) => ({
	name: error.name, message: error.message, status: error.status, data: error.response?.data,
});

export async function finish(work, describe) {
	try {
		tell({ok: true, ...await work()});
	} catch (error) {
		tell({ok: false, ...describe(error)});
	}
	process.exit(0);
}
