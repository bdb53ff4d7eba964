/* Every command: its name, its words, what it needs, its flags, its help, and what runs it. */
#include "command/app.h"
#include "command/audit.h"
#include "command/backup.h"
#include "command/conformance.h"
#include "command/detail_type.h"
#include "command/doctor.h"
#include "command/explain.h"
#include "command/general.h"
#include "command/issuer.h"
#include "command/key.h"
#include "command/org.h"
#include "command/registration.h"
#include "command/rehearsal.h"
#include "command/resource.h"
#include "command/resource_app.h"
#include "command/vault.h"

#define OF_DATA                                                                                    \
	"\n\nThe running server is asked: --data DIR says which, by its demo.json or "             \
	"rehearsal.json."
#define STORE(name, words, flags, run, summary, detail)                                            \
	{                                                                                          \
		name, words, NEEDS_STORE, flags, summary, detail, run                              \
	}

/* clang-format off */
const struct command commands[] = {
	{"serve", "", NEEDS_CONFIG, no_flags, "Run the server until it is told to stop.",
		"With --demo it makes a user, an app and a demo client first. It prints 'ready' and "
		"its\naddress once it accepts connections; SIGTERM stops it.", general_serve},

	STORE("app create", "", app_create_flags, app_create_command,
		"Register an app and print its client id and secret.",
		"A name, a homepage and at least one callback URL are needed; the first is used when\n"
		"an app names none. --preset tells all of these, and the client id and secret that\n"
		"are built into the GitHub CLI (gh) or Git Credential Manager (gcm)."),
	STORE("app list", "", app_list_flags, app_list_command, "List the apps.", NULL),
	STORE("app show", "CLIENT_ID", json_flags, app_show, "Show everything about an app.",
		"Client secrets are stored as hashes: only their last eight characters are known."),
	STORE("app edit", "CLIENT_ID", app_edit_flags, app_edit,
		"Change what is written about an app.",
		"What is not named stays. Callback URLs replace all earlier ones."),
	STORE("app secret add", "CLIENT_ID", json_flags, app_secret_add_command,
		"Add a client secret and print it.", "The older ones go on working."),
	STORE("app secret list", "CLIENT_ID", json_flags, app_secret_list_command,
		"List the client secrets of an app.", NULL),
	STORE("app secret revoke", "CLIENT_ID SECRET_ID", json_flags, app_secret_revoke_command,
		"Revoke a client secret.", "Tokens that were given for it go on working."),
	STORE("app suspend", "CLIENT_ID", json_flags, app_suspend,
		"Stop an app from getting or using anything.", NULL),
	STORE("app unsuspend", "CLIENT_ID", json_flags, app_unsuspend,
		"Let a suspended app work again.", NULL),
	STORE("app revoke-tokens", "CLIENT_ID", json_flags, app_revoke_tokens_command,
		"Revoke all that users have given an app.", "They are asked again the next time."),
	STORE("app transfer", "CLIENT_ID", app_transfer_flags, app_transfer,
		"Give an app to another user, at once.", NULL),
	STORE("app delete", "CLIENT_ID", app_delete_flags, app_delete_command,
		"Delete an app with its secrets and tokens.", NULL),

	STORE("app verify", "CLIENT_ID", json_flags, app_verify,
		"Answer for an app that registered itself.",
		"The consent page warns no longer, and the app stays though nobody uses it."),

	STORE("registration-token create", "", registration_token_create_flags,
		registration_token_create_command,
		"Let a program register apps, and print the token for it.",
		"The program sends it with its registrations (RFC 7591) to /oauth2/register."),
	STORE("registration-token list", "", json_flags, registration_token_list_command,
		"List the tokens that let programs register apps.", NULL),
	STORE("registration-token revoke", "ID", json_flags, registration_token_revoke_command,
		"End such a token.", "Apps that were registered with it stay."),

	STORE("user create", "", user_create_flags, user_create, "Make an account.",
		"Without --password-stdin the account has no password yet."),
	STORE("user list", "", json_flags, user_list, "List the accounts.", NULL),
	STORE("user show", "LOGIN", json_flags, user_show, "Show everything about an account.",
		NULL),
	STORE("user password", "LOGIN", user_password_flags, user_password,
		"Set a password and end all sessions.", NULL),
	STORE("user verify-email", "LOGIN ADDRESS", json_flags, user_verify_email,
		"Mark an e-mail address as verified.", NULL),
	STORE("user suspend", "LOGIN", json_flags, user_suspend,
		"Sign a user out and stop the user's tokens.", NULL),
	STORE("user unsuspend", "LOGIN", json_flags, user_unsuspend,
		"Let a suspended user work again.", NULL),
	STORE("user admin", "LOGIN on|off", json_flags, user_admin,
		"Make a user an administrator, or not.", NULL),

	STORE("org create", "LOGIN", org_create_flags, org_create_command,
		"Make an organization.", NULL),
	STORE("org list", "", json_flags, org_list_command, "List the organizations.", NULL),
	STORE("org show", "LOGIN", json_flags, org_show, "Show everything about an organization.",
		NULL),
	STORE("org delete", "LOGIN", org_delete_flags, org_delete_command,
		"Delete an organization with its teams.", NULL),
	STORE("org member add", "ORG LOGIN", org_member_add_flags, org_member_add_command,
		"Make a user a member of an organization, or change the role.", NULL),
	STORE("org member remove", "ORG LOGIN", json_flags, org_member_remove_command,
		"Take a user out of an organization and its teams.", NULL),
	STORE("org member list", "ORG", json_flags, org_member_list_command,
		"List the members of an organization.", NULL),
	STORE("team create", "ORG NAME", team_create_flags, team_create_command,
		"Make a team of an organization.", "Its slug is made of the name."),
	STORE("team list", "ORG", json_flags, team_list_command,
		"List the teams of an organization.", NULL),
	STORE("team delete", "ORG SLUG", org_delete_flags, team_delete_command, "Delete a team.",
		NULL),
	STORE("team member add", "ORG SLUG LOGIN", team_member_add_flags, team_member_add_command,
		"Put a member of the organization in a team, or change the role.", NULL),
	STORE("team member remove", "ORG SLUG LOGIN", json_flags, team_member_remove_command,
		"Take a user out of a team.", NULL),
	STORE("team member list", "ORG SLUG", json_flags, team_member_list_command,
		"List the members of a team.", NULL),

	STORE("user two-factor", "LOGIN", user_two_factor_flags, user_two_factor,
		"Show or turn off a user's two-factor authentication.",
		"For people who have lost their phone and their recovery codes. Make sure that it "
		"is they\nwho ask."),

	STORE("session list", "LOGIN", json_flags, session_list_command,
		"List the browser sessions of a user.", NULL),
	STORE("session end", "LOGIN [ID]", session_end_flags, session_end_command,
		"End one session of a user, or all.", NULL),
	STORE("grant list", "LOGIN", json_flags, grant_list_command,
		"List what a user allows apps.", NULL),
	STORE("grant revoke", "LOGIN [CLIENT_ID]", grant_revoke_flags, grant_revoke_command,
		"Revoke what a user allows one app, or all.", NULL),

	STORE("resource create", "URI", resource_create_flags, resource_create_command,
		"Tell the server of a resource that access tokens may be for.",
		"With --format jwt tokens for it are signed (RFC 9068), so that it can read them\n"
		"itself; else it asks the introspection endpoint."),
	STORE("resource list", "", json_flags, resource_list_command, "List the resources.", NULL),
	STORE("resource show", "URI", json_flags, resource_show_command,
		"Show everything about a resource.", NULL),
	STORE("resource edit", "URI", resource_edit_flags, resource_edit_command,
		"Change how tokens for a resource look.", "Tokens that were given stay as they are."),
	STORE("resource delete", "URI", resource_delete_flags, resource_delete_command,
		"Forget a resource.", "Tokens that were given for it live on until they end."),

	STORE("resource serve", "URI CLIENT_ID", resource_serve_flags, resource_serve_command,
		"Say that an app is a resource that tokens are for.",
		"It may exchange tokens for that resource (RFC 8693), when it is registered for that."),

	STORE("issuer add", "ISSUER", issuer_add_flags, issuer_add_command,
		"Trust an issuer to speak for people.",
		"Apps that are registered for the JWT bearer grant (RFC 7523) get tokens for whom its\n"
		"assertions name, without asking that person."),
	STORE("issuer edit", "ISSUER", issuer_edit_flags, issuer_edit_command,
		"Change how far an issuer is trusted, or its keys.",
		"--app and --any-app replace the apps."),
	STORE("issuer list", "", json_flags, issuer_list_command, "List the trusted issuers.", NULL),
	STORE("issuer show", "ISSUER", json_flags, issuer_show_command,
		"Show everything about a trusted issuer.", NULL),
	STORE("issuer remove", "ISSUER", issuer_remove_flags, issuer_remove_command,
		"Trust an issuer no longer.", "Tokens that were given live on until they end."),
	STORE("issuer link", "ISSUER SUBJECT LOGIN", json_flags, issuer_link_command,
		"Say which user an issuer means by a subject.", NULL),
	STORE("issuer unlink", "ISSUER SUBJECT", json_flags, issuer_unlink_command,
		"End such a link.", NULL),

	STORE("detail-type add", "NAME", detail_type_add_flags, detail_type_add_command,
		"Declare a type of authorization details (RFC 9396).",
		"The file says what people call it and which fields its objects may have. Requests\n"
		"with another field are refused, and the consent page shows every value."),
	STORE("detail-type list", "", json_flags, detail_type_list_command,
		"List the types of authorization details.", NULL),
	STORE("detail-type show", "NAME", json_flags, detail_type_show_command,
		"Show the definition of a type.", NULL),
	STORE("detail-type remove", "NAME", detail_type_remove_flags, detail_type_remove_command,
		"Forget a type of authorization details.",
		"What was allowed stays in the tokens that were given."),

	STORE("key list", "", json_flags, key_list_command, "List the signing keys.",
		"published: waits to be known everywhere; active: signs; retiring: verifies what it\n"
		"signed; removed: known for id_token_hint only; revoked: leaked."),
	STORE("key rotate", "[ALG]", json_flags, key_rotate_command,
		"Make successors of the signing keys now.",
		"They are published at once and sign a day later. Give the server's settings: which\n"
		"algorithms there are is in signing_algorithms."),
	STORE("key retire", "KID", key_retire_flags, key_retire_command,
		"End a signing key, in order or at once.",
		"Without --now it signs until its successor may. With --now, for a key that leaked,\n"
		"what it signed is refused, and apps have to sign in again."),

	{"vault create-key", "FILE", NEEDS_NOTHING, json_flags, "Make a master key in a new file.",
		"Name the file in vault_key_file, or give it to systemd (LoadCredential=). A database\n"
		"that is made then is sealed under it from the beginning.",
		vault_create_key_command},
	{"vault show", "", NEEDS_CONFIG, json_flags,
		"Tell whether the database's keys are sealed, and under which master key.", NULL,
		vault_show_command},
	STORE("vault seal", "", json_flags, vault_seal_command,
		"Seal the database's keys under the master key of vault_key_file.",
		"For a database from before, and to change the key: vault_key_file is the new one then,\n"
		"vault_key_file_old the one before. Servers that have both may run meanwhile."),
	STORE("vault unseal", "", vault_unseal_flags, vault_unseal_command,
		"Put the keys into the database as they are, and use no master key any more.", NULL),

	STORE("audit list", "", audit_list_flags, audit_list_command,
		"List the newest entries of the security log.", NULL),
	STORE("audit export", "", no_flags, audit_export_command,
		"Print the whole security log, one JSON object a line, the oldest first.", NULL),
	STORE("audit head", "", json_flags, audit_head_command,
		"Print the head of the security log, to be kept elsewhere.",
		"It stands for all entries up to now: where heads are kept, nobody can take an entry\n"
		"away unnoticed, not even with an older copy of the database."),
	STORE("audit verify", "", audit_verify_flags, audit_verify_command,
		"Look whether the security log is as it was written.",
		"Fails when an entry was changed, taken out, put in or moved, and names it."),

	{"clock advance", "SPAN", NEEDS_CONFIG, json_flags, "Move a rehearsal's clock forward.",
		"SPAN is such as 90, 11m, 1h30m or 2d. Every deadline obeys." OF_DATA,
		clock_advance_command},
	{"clock show", "", NEEDS_CONFIG, json_flags, "Show a rehearsal's time.", NULL,
		clock_show_command},
	{"clock reset", "", NEEDS_CONFIG, json_flags, "Set a rehearsal's clock to real time.",
		"What was given meanwhile keeps its times.", clock_reset_command},
	{"fault add", "CLIENT_ID FAULT", NEEDS_CONFIG, fault_add_flags,
		"Script what goes wrong with an app's next requests.",
		"FAULT is server_error, timeout, slow_down, drop_after_commit or expired_key." OF_DATA,
		fault_add_command},
	{"fault list", "", NEEDS_CONFIG, json_flags, "List the faults that are left.", NULL,
		fault_list_command},
	{"fault clear", "[CLIENT_ID]", NEEDS_CONFIG, json_flags,
		"Forget the faults of an app, or all.", NULL, fault_clear_command},
	{"sandbox create", "", NEEDS_CONFIG, sandbox_create_flags,
		"Make an app and users for one test run, which end by themselves.",
		"The first user owns the app; all have verified addresses." OF_DATA,
		sandbox_create_command},
	{"sandbox list", "", NEEDS_CONFIG, json_flags, "List the sandboxes.", NULL,
		sandbox_list_command},
	{"sandbox delete", "ID", NEEDS_CONFIG, json_flags,
		"End a sandbox, with its app and its users.", NULL, sandbox_delete_command},
	{"rehearse", "[CAUSE]", NEEDS_CONFIG, rehearse_flags,
		"Make an error happen on purpose, or list the errors that can be rehearsed.",
		"An app, a person and a request are made; the request is printed as a curl command.\n"
		"Nothing is answered by rote: the code that refuses it is that of production."
		OF_DATA,
		rehearse_command},
	{"authorize", "URL", NEEDS_CONFIG, authorize_flags,
		"Decide about an authorization URL as a person would, without a browser.",
		"Prints the address that the browser would be sent to, with the code or the error.\n"
		"With --cause the exchange of that code will fail for it." OF_DATA,
		authorize_command},
	STORE("explain", "REQUEST_ID", explain_flags, explain_command,
		"Tell why a request was refused.",
		"The request id is the X-GitHub-Request-Id that the client received. What was\n"
		"refused is kept for the days that the setting log_days says."),
	STORE("tail", "", tail_flags, tail_command,
		"Print an app's requests as they are refused, and the flows that go well.",
		"Goes on until it is stopped (Ctrl-C)."),

	{"conformance", "", NEEDS_CONFIG, conformance_flags,
		"Tell which sentences of the specifications hold here.",
		"Give the server's settings: each sentence is judged by them, for apps of one profile,\n"
		"with the tests that carry its id. A sentence that a setting relaxes names the setting.",
		conformance_command},

	{"doctor", "", NEEDS_CONFIG, doctor_flags, "Look for what is often set up wrongly.",
		"Give the server's settings. Looks at them, at files and their rights, the certificate,\n"
		"the disk, the clock, the database, and at what answers where base_url leads. Changes\n"
		"nothing. Fails when there is a problem.", doctor},

	{"migrate", "", NEEDS_CONFIG, migrate_flags,
		"Bring the database's schema up to date, or move all of it to another database.",
		"The server and every other command bring it up to date by themselves.\n\n"
		"With --from and --to everything goes from one database to another, of either engine.\n"
		"Servers may go on: what they change meanwhile is copied too. At the end the old one is\n"
		"closed to changes for a moment, both are compared, and only the new one can be served.\n"
		"Killed and run again, it goes on.\n\n"
		"Settings that say where the data is: --data DIR, --database URL.", migrate},
	{"backup", "FILE", NEEDS_CONFIG, backup_flags, "Save the whole database in one file.",
		"The server may go on meanwhile: the file holds one moment. FILE is replaced when all of\n"
		"it is written; '-' is standard output.\n\n"
		"Settings that say where the data is: --data DIR, --database URL.", backup_command},
	{"restore", "FILE", NEEDS_CONFIG, restore_flags,
		"Put what a back-up holds into an empty database.",
		"'-' is standard input. Nothing is changed unless the file is whole. Stop every server on\n"
		"the database first. What waited to be redeemed has ended then; what was revoked after\n"
		"the back-up is alive again, but with --revoke-all-tokens.\n\n"
		"Settings that say where the data is: --data DIR, --database URL.", restore_command},
	{"docs render", "FILE", NEEDS_NOTHING, docs_render_flags,
		"Print a documentation page as HTML.",
		"FILE is Markdown with front matter and Liquid tags, as the pages in content/ are.",
		docs_render_page},
	{"settings", "", NEEDS_NOTHING, no_flags, "List all settings and their defaults.",
		"Later ones win: defaults, the --config file, the environment, the command line.",
		general_settings},
	{"help", "[COMMAND...]", NEEDS_NOTHING, no_flags, "Explain a command, or list them all.",
		NULL, general_help},
	{"version", "", NEEDS_NOTHING, no_flags, "Print the version.", NULL, general_version},
	{NULL, NULL, NEEDS_NOTHING, no_flags, NULL, NULL, NULL},
};
/* clang-format on */
