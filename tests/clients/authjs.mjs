// Auth.js's GitHub provider: only enterprise.baseUrl differs from GitHub (reference 13.3). Its
// request handler is called as a framework would call it, cookies and all.
// Ours first: on Node.js 18 it makes the global that Auth.js looks for when it is loaded.
import {finish, settings, visit} from './driven.mjs';
import {Auth} from '@auth/core';
import GitHub from '@auth/core/providers/github';

const origin = 'http://127.0.0.1:45679';
const cookies = new Map();
let seen, failure;

const config = {
	basePath: '/auth',
	secret: 'sixty-four characters of nothing in particular, for these tests.',
	trustHost: true,
	providers: [GitHub({clientId: settings.client_id, clientSecret: settings.client_secret,
		enterprise: {baseUrl: settings.base}})],
	callbacks: {
		jwt({token, account, profile, user}) {
			if (account) seen = {account, profile, user};
			return token;
		},
	},
	logger: {
		error(error) { failure ??= error; },
		warn() {},
		debug() {},
	},
};

// Debian's Node.js 18 has no getSetCookie: there the cookies are one text, joined by commas.
function setCookies(headers) {
	const joined = headers.get('set-cookie') ?? '';

	return headers.getSetCookie?.() ?? joined.split(/, (?=[^;,]+=)/).filter(Boolean);
}

async function call(path, form) {
	const headers = {cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')};
	const reply = await Auth(new Request(origin + path, form ? {
		method: 'POST', headers: {...headers, 'content-type': 'application/x-www-form-urlencoded'},
		body: new URLSearchParams(form)} : {headers}), config);

	for (const cookie of setCookies(reply.headers)) {
		const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
		cookies.set(name, value);
	}
	return reply;
}

await finish(async () => {
	const {csrfToken} = await (await call('/auth/csrf')).json();
	const start = await call('/auth/signin/github', {csrfToken, callbackUrl: origin + '/home'});
	const back = await visit(start.headers.get('location'));
	const reply = await call(back.pathname + back.search);

	if (!seen) throw failure ?? new Error(reply.headers.get('location'));
	const session = await (await call('/auth/session')).json();
	return {location: reply.headers.get('location'), session,
		token: seen.account.access_token, token_type: seen.account.token_type,
		scope: seen.account.scope, user: {id: seen.profile.id, login: seen.profile.login},
		profile: seen.user};
}, (error) => ({name: error.name, type: error.type, message: error.message,
	cause: error.cause?.err?.message, details: error.cause}));
