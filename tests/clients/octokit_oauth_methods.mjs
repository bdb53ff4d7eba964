// @octokit/oauth-methods: only baseUrl differs from GitHub (reference 13.2). After the sign-in it
// does what it hears: check, reset, deleteToken, deleteAuthorization.
import * as methods from '@octokit/oauth-methods';
import {request as github} from '@octokit/request';
import {finish, hear, octokitError, settings, tell, visit} from './driven.mjs';

const request = github.defaults({baseUrl: `${settings.base}/api/v3`});
const app = {clientType: 'oauth-app', clientId: settings.client_id, request};
const client = {...app, clientSecret: settings.client_secret};
const steps = {check: 'checkToken', reset: 'resetToken', deleteToken: 'deleteToken',
	deleteAuthorization: 'deleteAuthorization'};

await finish(async () => {
	const {url} = methods.getWebFlowAuthorizationUrl({...app, scopes: settings.scope,
		redirectUrl: settings.callback, state: 'octokit'});
	const back = await visit(url);
	const {authentication} = await methods.exchangeWebFlowCode({...client,
		code: back.searchParams.get('code'), state: 'octokit', redirectUrl: settings.callback});
	let token = authentication.token;

	tell({token, scopes: authentication.scopes});
	for (;;) {
		const step = await hear();

		if (step === 'end') return {};
		try {
			const {status, data, authentication: now} =
				await methods[steps[step]]({...client, token});
			token = now?.token ?? token;
			tell({status, token, scopes: now?.scopes, login: data?.user?.login,
				client_id: data?.app?.client_id, hashed: data?.hashed_token});
		} catch (error) {
			tell(octokitError(error));
		}
	}
}, octokitError);
