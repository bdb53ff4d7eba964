// What every client script of this folder shares: it is a web app of its own on 127.0.0.1, whose
// pages /login and /callback belong to the library under test. The driver (test_clients.py) plays
// the browser.
//
// In:  one JSON object as the first argument: base, client_id, client_secret and what a script adds.
// Out: {"start": URL} once the app listens, then one line with what the sign-in came to.
import {createServer} from 'node:http';
import {webcrypto} from 'node:crypto';

// Node.js 18, Debian 12's, has Web Crypto but not as a global; the standards' libraries want it.
globalThis.crypto ??= webcrypto;

export const settings = JSON.parse(process.argv[2]);

const GIVE_UP_MS = 60_000;

function tell(line) {
	process.stdout.write(JSON.stringify(line) + '\n');
}

// login(req, res, callback) sends the browser to the server; callback(req, res, callback URL)
// returns what to print. What it throws goes through describe(error).
export function serve({login, callback, describe}) {
	const server = createServer(async (req, res) => {
		const own = `http://127.0.0.1:${server.address().port}/callback`;
		const url = new URL(req.url, own);

		try {
			if (url.pathname === '/login') {
				await login(req, res, own);
				return;
			}
			if (url.pathname !== '/callback') {
				res.writeHead(404).end();
				return;
			}
			tell({ok: true, ...await callback(req, res, own, url)});
		} catch (error) {
			tell({ok: false, ...describe(error)});
		}
		res.end('done\n');
	});

	server.listen(0, '127.0.0.1', () => {
		tell({start: `http://127.0.0.1:${server.address().port}/login`});
	});
	process.stdin.resume().on('end', () => process.exit(0));
	setTimeout(() => process.exit(3), GIVE_UP_MS).unref();
}

export function redirect(res, url) {
	res.writeHead(302, {location: String(url)}).end();
}
