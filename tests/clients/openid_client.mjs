// openid-client 6: the same standards as oauth4webapi, from the chair of an app's author.
import {redirect, serve, settings} from './relying_party.mjs';

const client = await import('openid-client');
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const config = await client.discovery(new URL(`${settings.base}/login/oauth`), settings.client_id,
	undefined, client.ClientSecretBasic(settings.client_secret),
	{algorithm: 'oauth2', execute: [client.allowInsecureRequests]}); // http, on this machine only

serve({
	async login(req, res, own) {
		redirect(res, client.buildAuthorizationUrl(config, {
			redirect_uri: own, scope: settings.scope, state, code_challenge_method: 'S256',
			code_challenge: await client.calculatePKCECodeChallenge(verifier),
		}));
	},
	async callback(req, res, own, url) {
		const token = await client.authorizationCodeGrant(config, url,
			{pkceCodeVerifier: verifier, expectedState: state});
		const reply = await client.fetchProtectedResource(config, token.access_token,
			new URL(`${settings.base}/api/v3/user`), 'GET');
		const {id, login, name} = await reply.json();

		return {token: token.access_token, scope: token.scope, token_type: token.token_type,
			issuer: config.serverMetadata().issuer, user: {id, login, name}};
	},
	describe: (error) => ({
		name: error.name, code: error.code, error: error.error,
		description: error.error_description, message: error.message,
		body: error.cause?.body ?? error.cause?.cause?.body,
	}),
});
