// @octokit/oauth-app: only baseUrl differs from an app that uses GitHub (reference 13.2).
import {randomUUID} from 'node:crypto';
import {OAuthApp} from '@octokit/oauth-app';
import {Octokit} from '@octokit/core';
import {redirect, serve, settings} from './relying_party.mjs';

const state = randomUUID();
const app = new OAuthApp({
	clientType: 'oauth-app',
	clientId: settings.client_id,
	clientSecret: settings.client_secret,
	defaultScopes: settings.scope,
	Octokit: Octokit.defaults({baseUrl: `${settings.base}/api/v3`}),
});
let created;

app.on('token.created', (event) => { created = event; });

serve({
	login(req, res, own) {
		redirect(res, app.getWebFlowAuthorizationUrl({state, redirectUrl: own}).url);
	},
	async callback(req, res, own, url) {
		const refusal = url.searchParams.get('error');
		if (url.searchParams.get('state') !== state) throw new Error('state differs');
		if (refusal) throw Object.assign(new Error(url.searchParams.get('error_description')), {
			data: Object.fromEntries(url.searchParams)});

		const {authentication} = await app.createToken({
			code: url.searchParams.get('code'), state, redirectUrl: own});
		const octokit = await app.getUserOctokit({token: authentication.token});
		const user = await octokit.request('GET /user');
		const emails = settings.scope.length ? (await octokit.request('GET /user/emails')).data : [];
		return {token: authentication.token, scopes: authentication.scopes,
			event: created.authentication.token === authentication.token,
			granted: user.headers['x-oauth-scopes'], request_id: user.headers['x-github-request-id'],
			user: {id: user.data.id, login: user.data.login, name: user.data.name}, emails};
	},
	describe: (error) => ({
		name: error.name, message: error.message, status: error.status,
		data: error.data ?? error.response?.data,
	}),
});
