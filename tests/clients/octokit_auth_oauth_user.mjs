// @octokit/auth-oauth-user: signs in with a code, then does what it hears (reference 13.2).
import {createOAuthUserAuth} from '@octokit/auth-oauth-user';
import {getWebFlowAuthorizationUrl} from '@octokit/oauth-methods';
import {request as github} from '@octokit/request';
import {finish, hear, octokitError, settings, tell, visit} from './driven.mjs';

const request = github.defaults({baseUrl: `${settings.base}/api/v3`});

await finish(async () => {
	const {url} = getWebFlowAuthorizationUrl({clientType: 'oauth-app',
		clientId: settings.client_id, scopes: settings.scope, state: 'user', request});
	const back = await visit(url);
	const auth = createOAuthUserAuth({clientId: settings.client_id,
		clientSecret: settings.client_secret, code: back.searchParams.get('code'),
		state: 'user', request});
	const {token, scopes} = await auth();
	// The strategy's own hook signs requests as the user.
	const {data: user} = await auth.hook(request, 'GET /user');

	tell({token, scopes, user: {id: user.id, login: user.login}});
	for (;;) {
		const type = await hear();

		if (type === 'end') return {};
		try {
			const now = await auth({type});
			tell({token: now.token, scopes: now.scopes, invalid: now.invalid ?? false});
		} catch (error) {
			tell({name: error.name, message: error.message});
		}
	}
}, octokitError);
