// Every failure that an OAuth client can meet, in one run: Octokit, unmodified, against a llavero that
// rehearses. Nothing here is a mock: each refusal is the server's own.
//
//     LLAVERO_URL=http://127.0.0.1:9292 REHEARSAL_TOKEN=... node every_failure.mjs [--json]
//
// It moves the server's clock, so the server has to be this job's own. docs/testing-your-app.md tells
// about it; take what is of use.
import * as oauth from '@octokit/oauth-methods';
import {request as github} from '@octokit/request';

const base = process.env.LLAVERO_URL, token = process.env.REHEARSAL_TOKEN;
const request = github.defaults({baseUrl: `${base}/api/v3`});
const callback = 'http://127.0.0.1/callback';
const began = performance.now();
const results = [], notSent = [];

// llavero's side

async function rehearse(method, path, body) {
	const reply = await fetch(`${base}/rehearsal/${path}`, {method,
		headers: {Authorization: `Bearer ${token}`}, body: body && JSON.stringify(body)});
	const told = reply.status === 204 ? null : await reply.json();

	if (!reply.ok) throw Object.assign(new Error(told.error_description), {told});
	return told;
}

const sandbox = () => rehearse('POST', 'sandboxes', {name: 'every failure', lifetime: '2d',
	callbacks: [callback], device_flow: true, token_expiration: true});
const fault = (app, name, more) =>
	rehearse('POST', 'faults', {client_id: app.client_id, fault: name, ...more});
const advance = (span) => rehearse('POST', 'clock', {advance: span});

// The cause in the request log, which the app may read with its own credentials.
async function causeOf(app, requestId) {
	const reply = await fetch(
		`${base}/api/v3/applications/${app.client_id}/refusals/${requestId}`, {headers: {
			Authorization: `Basic ${btoa(`${app.client_id}:${app.client_secret}`)}`}});

	return reply.ok ? (await reply.json()).cause : null;
}

// the client's side

const client = (app) => ({clientType: 'github-app', request,
	clientId: app.client_id, clientSecret: app.client_secret});

// Signs in without a browser; what the callback is called with. The code fails for `cause`.
async function signIn({app, users}, how = {}) {
	const {url} = oauth.getWebFlowAuthorizationUrl({...client(app), clientType: 'oauth-app',
		redirectUrl: callback, scopes: ['user:email'], state: 'every-failure'});
	const {location} = await rehearse('POST', 'authorize', {url, login: users[0].login, ...how});

	return new URL(location).searchParams;
}

const exchange = (app, answer, more) => oauth.exchangeWebFlowCode({...client(app),
	code: answer.get('code'), redirectUrl: callback, ...more});

// What a client sees: the code of a refusal, else the status, else why there was no answer.
function seenIn(error) {
	const data = error.response?.data, page = error.told?.error_description.match(/ page: (.+?)\. /);
	const why = error.cause?.cause?.code ?? error.cause?.name ?? error.name;

	if (page) return `page: ${page[1]}`;
	return data?.error ?? data?.message ?? (error.response ? `HTTP ${error.status}` : why);
}

// Does `work`, which has to fail as expected: with a text of the client's own error.
async function fails(group, name, expected, work, app = null) {
	let error = null;

	try {
		await work();
	} catch (thrown) {
		error = thrown;
	}
	const seen = error ? seenIn(error) : 'no error';
	const requestId = error?.response?.headers?.['x-github-request-id'];

	results.push({group, name, expected, seen, good: [expected].flat().includes(seen),
		error: error?.name, status: error?.status, message: error?.message,
		cause: app && requestId ? await causeOf(app, requestId) : null});
}

// An answer at the callback that is an error is the client's to notice.
function notice(answer) {
	if (!answer.has('error')) return answer;
	throw Object.assign(new Error(answer.get('error_description')), {
		response: {data: {error: answer.get('error')}}});
}

// 1. The client's own sign-in; it does nothing wrong, and its code fails all the same.

const shared = await sandbox();
const {scenarios} = await rehearse('GET', 'scenarios');
const ENDS_THE_APP = ['APP_SUSPENDED', 'CLIENT_SECRET_REVOKED', 'CODE_USER_SUSPENDED'];
// This client sends no verifier, so what is wrong with one does not arise.
const NEEDS_PKCE = ['VERIFIER_WRONG', 'VERIFIER_UNEXPECTED'];

await fails('sign-in', 'AUTHORIZE_DENIED', 'access_denied',
	async () => notice(await signIn(shared, {decision: 'deny'})));
for (const {cause, error, after_authorize: own} of scenarios) {
	if (!own || NEEDS_PKCE.includes(cause)) continue;
	const box = ENDS_THE_APP.includes(cause) ? await sandbox() : shared;

	await fails('sign-in', cause, error,
		async () => exchange(box.app, await signIn(box, {cause})), box.app);
}

// 2. Everything else that can be staged: the client is given the settings, the code or the token of
// the staged request, and sends its own request with them.

function clientRequest({request: {method, url, headers, body}}) {
	const path = new URL(url).pathname, form = new URLSearchParams(body ?? '');
	const get = (name) => form.get(name) ?? undefined;
	const own = {...client({client_id: get('client_id'), client_secret: get('client_secret')})};
	const typed = headers['Content-Type'] === 'application/x-www-form-urlencoded';
	const plain = typed && !headers.Authorization && body.includes('=') && !body.startsWith('{') &&
		new Set(form.keys()).size === [...form.keys()].length;
	const [code, secret] = atob(headers.Authorization?.match(/^Basic ([\w+/=]+)$/)?.[1] ?? '')
		.split(':');

	if (path.startsWith('/api/v3/applications/')) {
		if (!body.startsWith('{"access_token":"') || !path.includes(code)) return null;
		return () => oauth.checkToken({...own, clientId: code, clientSecret: secret,
			token: JSON.parse(body).access_token});
	}
	if (path.startsWith('/api/v3/'))
		return () => request(`${method} ${path.slice('/api/v3'.length)}`,
			{headers: headers.Authorization ? {authorization: headers.Authorization} : {}});
	if (method !== 'POST' || !plain || form.has('code_verifier')) return null;
	if (path === '/login/device/code') return () => oauth.createDeviceCode(own);
	if (get('grant_type') === 'refresh_token')
		return () => oauth.refreshToken({...own, refreshToken: get('refresh_token')});
	if (get('grant_type') === 'urn:ietf:params:oauth:grant-type:device_code')
		return () => oauth.exchangeDeviceCode({...own, code: get('device_code')});
	if (form.has('grant_type') || form.has('device_code')) return null;
	return () => oauth.exchangeWebFlowCode({...own, code: get('code'),
		redirectUrl: get('redirect_uri')});
}

// A person opens the link. What is not safe to send back to the app is told on a page.
async function openLink({request: {url}}) {
	const {location} = await rehearse('POST', 'authorize', {url, login: shared.users[0].login});

	notice(new URL(location).searchParams);
}

// The API names the scope that is lacking.
const OTHER_WORDS = {TOKEN_SCOPE: 'You need at least read:org scope or user scope to list your ' +
	'organizations.'};

for (const {cause, error, group} of scenarios) {
	const staged = await rehearse('POST', 'scenarios', {cause, owner: shared.users[0].login});
	const work = group === 'authorize' ? () => openLink(staged) : clientRequest(staged);

	if (work)
		await fails(group, cause,
			group === 'authorize' ? [error, `page: ${error}`] : OTHER_WORDS[cause] ?? error,
			work, staged.app);
	else
		notSent.push(cause);
}

// 3. Faults: the network and the server fail.

await fault(shared.app, 'server_error', {endpoint: 'token'});
const kept = await signIn(shared);
await fails('faults', 'server_error', 'server_error', () => exchange(shared.app, kept));
await exchange(shared.app, kept); // nothing was done: the same code works now

await fault(shared.app, 'timeout', {endpoint: 'token', seconds: 30});
const impatient = request.defaults({request: {signal: AbortSignal.timeout(300)}});
await fails('faults', 'timeout', ['AbortError', 'TimeoutError'],
	async () => exchange(shared.app, await signIn(shared), {request: impatient}));

await fault(shared.app, 'slow_down', {endpoint: 'device'});
const {data: device} = await oauth.createDeviceCode(client(shared.app));
await fails('faults', 'slow_down', 'slow_down',
	() => oauth.exchangeDeviceCode({...client(shared.app), code: device.device_code}));

await fault(shared.app, 'slow_down', {endpoint: 'token'});
await fails('faults', 'too many requests', 'slow_down',
	async () => exchange(shared.app, await signIn(shared)));

await fault(shared.app, 'drop_after_commit', {endpoint: 'token'});
const lost = await signIn(shared);
await fails('faults', 'drop_after_commit', ['UND_ERR_SOCKET', 'ECONNRESET'],
	() => exchange(shared.app, lost));
await fails('faults', 'the same code again', 'bad_verification_code',
	() => exchange(shared.app, lost), shared.app);

// 4. The clock: what takes hours happens now.

const late = await signIn(shared);
await advance('11m');
await fails('clock', 'a code after eleven minutes', 'bad_verification_code',
	() => exchange(shared.app, late), shared.app);
const {authentication} = await exchange(shared.app, await signIn(shared));
const whoAmI = (secret) => request('GET /user', {headers: {authorization: `bearer ${secret}`}});
await whoAmI(authentication.token);
await advance('9h');
await fails('clock', 'a token after nine hours', 'Bad credentials',
	() => whoAmI(authentication.token), shared.app);
const fresh = await oauth.refreshToken({...client(shared.app),
	refreshToken: authentication.refreshToken});
await whoAmI(fresh.authentication.token);
await rehearse('POST', 'clock', {reset: true});

const tookMs = Math.round(performance.now() - began), bad = results.filter((r) => !r.good);

if (process.argv.includes('--json')) {
	console.log(JSON.stringify({tookMs, results, notSent}));
} else {
	for (const r of results)
		console.log(`${r.good ? 'ok ' : 'NOT'} ${r.group.padEnd(9)} ${r.name.padEnd(36)} ${r.seen}`);
	console.log(`${results.length} failures in ${tookMs} ms; ${bad.length} went otherwise. ` +
		`Never sent by this client: ${notSent.join(', ')}.`);
}
process.exit(bad.length ? 1 : 0);
