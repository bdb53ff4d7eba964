// passport-github2 as an app uses it: settings changed as GitHub reference 13.1 says, nothing else.
import passport from 'passport';
import {Strategy} from 'passport-github2';
import {redirect, serve, settings} from './relying_party.mjs';

const session = {}; // one browser, one session: what express-session would give

passport.use(new Strategy({
	clientID: settings.client_id,
	clientSecret: settings.client_secret,
	callbackURL: '/callback',
	authorizationURL: `${settings.base}/login/oauth/authorize`,
	tokenURL: `${settings.base}/login/oauth/access_token`,
	userProfileURL: `${settings.base}/api/v3/user`,
	userEmailURL: `${settings.base}/api/v3/user/emails`,
	scope: settings.scope,
	state: true,
	pkce: settings.pkce,
	allRawEmails: settings.all_emails,
}, (accessToken, refreshToken, params, profile, done) => {
	done(null, {token: accessToken, params, profile});
}));

// The parts of Express that passport leans on.
function prepare(req, res, url) {
	req.session = session;
	req.query = Object.fromEntries(url.searchParams);
	res.redirect = (to) => redirect(res, to);
}

class SoftFailure extends Error {}

function authenticate(req, res) {
	return new Promise((resolve, reject) => {
		passport.authenticate('github', {session: false}, (error, user, info) => {
			if (error) reject(error);
			else if (!user) reject(new SoftFailure(info.message));
			else resolve(user);
		})(req, res, reject);
	});
}

serve({
	login(req, res, own) {
		prepare(req, res, new URL(req.url, own));
		authenticate(req, res).catch(() => res.destroy());
	},
	async callback(req, res, own, url) {
		prepare(req, res, url);
		const {token, params, profile} = await authenticate(req, res);
		const {id, username, displayName, profileUrl, emails} = profile;
		return {token, scope: params.scope, token_type: params.token_type,
			user: {id, login: username, name: displayName, html_url: profileUrl}, emails};
	},
	describe: (error) => ({
		soft: error instanceof SoftFailure,
		name: error.name, code: error.code, uri: error.uri, message: error.message,
	}),
});
