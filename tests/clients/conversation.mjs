// A script that does what it is told, one command after another, and keeps what the library gave it
// in between. peers.py is the other side.
//
// In:  the server's settings as the first argument, then {"do": command, ...} a line.
// Out: a line for each: {"ok": true, "requests": n, ...} or {"ok": false, ...} with the library's error.
import {hear, settings, tell} from './driven.mjs';

export {settings};

// How many requests the library made for the command: a nonce of DPoP costs one more.
let requests = 0;

export function countingFetch(url, options) {
	requests += 1;
	return fetch(url, options);
}

function describe(error) {
	// openid-client puts what oauth4webapi found inside an error of its own
	const found = error.cause instanceof Error && error.name === 'ClientError' ? error.cause : error;

	return {
		name: found.name, code: found.code, message: found.message, status: found.status,
		error: found.error, description: found.error_description,
		challenges: Array.isArray(found.cause) ? found.cause : undefined,
	};
}

export async function converse(commands) {
	for (;;) {
		const {do: name, ...options} = JSON.parse(await hear());

		requests = 0;
		try {
			const told = await commands[name](options);

			tell({ok: true, requests, ...told});
		} catch (error) {
			tell({ok: false, requests, ...describe(error)});
		}
	}
}

export async function exportedKeys(keyPair, alg) {
	const jwk = await crypto.subtle.exportKey('jwk', keyPair.publicKey);

	return {keys: [{kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y, n: jwk.n, e: jwk.e,
		kid: 'own', use: 'sig', alg}]};
}
