// @octokit/auth-oauth-device: polls on its own once the code is shown (reference 5.5, 13.2).
import {createOAuthDeviceAuth} from '@octokit/auth-oauth-device';
import {request as github} from '@octokit/request';
import {finish, hear, octokitError, settings, tell} from './driven.mjs';

const request = github.defaults({baseUrl: `${settings.base}/api/v3`});

await finish(async () => {
	const auth = createOAuthDeviceAuth({clientType: 'oauth-app', clientId: settings.client_id,
		scopes: settings.scope, request,
		async onVerification(verification) {
			tell(verification);
			// With "wait" the person decides first; otherwise the first poll finds nothing.
			if (settings.wait) await hear();
		}});
	const {token, scopes, tokenType} = await auth({type: 'oauth'});
	const {data: user, headers} = await auth.hook(request, 'GET /user');

	return {token, scopes, tokenType, granted: headers['x-oauth-scopes'],
		user: {id: user.id, login: user.login}};
}, octokitError);
