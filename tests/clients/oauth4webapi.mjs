// oauth4webapi: discovery, PKCE, state and the issuer's check as its own examples do them.
import {redirect, serve, settings} from './relying_party.mjs';

const oauth = await import('oauth4webapi');
const plain = {[oauth.allowInsecureRequests]: true}; // http, on this machine only
const issuer = new URL(`${settings.base}/login/oauth`);
const client = {client_id: settings.client_id};
const authentication = {
	basic: oauth.ClientSecretBasic, post: oauth.ClientSecretPost,
}[settings.authentication](settings.client_secret);
const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();

const as = await oauth.processDiscoveryResponse(issuer,
	await oauth.discoveryRequest(issuer, {algorithm: 'oauth2', ...plain}));

serve({
	async login(req, res, own) {
		const url = new URL(as.authorization_endpoint);

		for (const [name, value] of Object.entries({
			client_id: client.client_id, redirect_uri: own, response_type: 'code', state,
			scope: settings.scope, code_challenge_method: 'S256',
			code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
		})) url.searchParams.set(name, value);
		redirect(res, url);
	},
	async callback(req, res, own, url) {
		const answer = oauth.validateAuthResponse(as, client, url, state);
		const reply = await oauth.authorizationCodeGrantRequest(as, client, authentication, answer,
			own, settings.wrong_verifier ? oauth.generateRandomCodeVerifier() : verifier, plain);
		const token = await oauth.processAuthorizationCodeResponse(as, client, reply);
		const user = await oauth.protectedResourceRequest(token.access_token, 'GET',
			new URL(`${settings.base}/api/v3/user`), undefined, undefined, plain);
		const {id, login, name} = await user.json();

		return {token: token.access_token, scope: token.scope, token_type: token.token_type,
			iss: url.searchParams.get('iss'), issuer: as.issuer, user: {id, login, name}};
	},
	// A refusal comes with status 200, as GitHub's do: the library finds no token in it and hands
	// over the body it did find.
	describe: (error) => ({
		name: error.name, code: error.code, error: error.error,
		description: error.error_description, message: error.message, body: error.cause?.body,
	}),
});
