/* Previews: documentation, demo client and start page. */
#include "preview.h"

static void docs_page(struct buf *out, enum lang lang)
{
	const struct page_docs_page_heading headings[] = {
		{STR("Incorrect client credentials"), STR("#incorrect-client-credentials"), false},
		{STR("What to check"), STR("#what-to-check"), true},
		{STR("Bad verification code"), STR("#bad-verification-code"), false},
	};

	page_docs_page(out, lang,
		&(struct page_docs_page){.layout = sample_layout(NULL),
			.title = STR("Troubleshooting token request errors"),
			.intro = {STR("<p>When a code cannot be exchanged for a token.</p>")},
			.body = {STR("<p>The reply is <code>200 OK</code> and carries an error.</p>"
				     "<h2 id=\"incorrect-client-credentials\">Incorrect client "
				     "credentials</h2><p>The <code>client_id</code> or the secret "
				     "is wrong:</p><pre><code>{\n  \"error\": "
				     "\"incorrect_client_credentials\",\n  \"error_description\": "
				     "\"The client_id and/or client_secret passed are "
				     "incorrect.\"\n}</code></pre><h3 id=\"what-to-check\">What to "
				     "check</h3><ul><li>The secret has not been deleted.</li><li>"
				     "It belongs to this <a href=\"/docs\">app</a>.</li></ul>"
				     "<table><thead><tr><th>Name</th><th>Type</th></tr></thead>"
				     "<tbody><tr><td><code>code</code></td><td>string</td></tr>"
				     "</tbody></table>"
				     "<div class=\"note\"><p><strong>Note:</strong> codes live ten "
				     "minutes.</p></div>")},
			.headings = headings,
			.headings_n = N(headings)});
}

static void demo_result(struct buf *out, enum lang lang, bool ok)
{
	const struct page_demo_result_step steps[] = {
		{STR("The browser is sent to the server"), STR("The app asks for a code."),
			STR("GET /login/oauth/authorize?client_id=Ov23liAbCdEf01234567&state=7f…\n"
			    "Host: 127.0.0.1:9292"),
			STR("HTTP/1.1 302 Found\nLocation: /demo/callback?code=0a1b…&state=7f…")},
		{STR("The app exchanges the code"), STR("Server to server."),
			STR("POST /login/oauth/access_token\nAccept: application/json\n\n"
			    "client_id=Ov23liAbCdEf01234567&client_secret=…&code=0a1b…"),
			STR("HTTP/1.1 200 OK\nContent-Type: application/json; charset=utf-8\n\n{\n "
			    " "
			    "\"error\": \"bad_verification_code\"\n}")},
	};

	page_demo_result(out, lang,
		&(struct page_demo_result){.layout = sample_layout(NULL),
			.ok = ok,
			.heading = ok ? STR("Signed in as octocat") : STR("The code was refused"),
			.verdict = STR("The demo client sent the same code twice on purpose."),
			.error = ok ? STR_NONE : STR("bad_verification_code"),
			.steps = steps,
			.steps_n = N(steps),
			.docs_href = ok ? STR_NONE : STR("/docs"),
			.again_href = STR("/demo/start")});
}

void sample_docs(struct buf *out, enum lang lang, size_t which)
{
	const struct page_docs_index_page pages[] = {
		{STR("Troubleshooting authorization request errors"),
			{STR("<p>When people cannot be sent to sign in.</p>")}, STR("/docs/a")},
		{STR("Troubleshooting token request errors"),
			{STR("<p>When a code cannot be exchanged for a token.</p>")},
			STR("/docs/b")},
	};
	const struct page_docs_index_section sections[] = {
		{STR("Managing OAuth apps"), pages, N(pages)}};
	const struct page_demo_home_error errors[] = {
		{MSG_DOCS_TITLE, MSG_DOCS_LEAD, STR("bad_verification_code"), STR("/demo/1")},
		{MSG_DEMO_PROVOKE, MSG_DEMO_LEAD, STR("incorrect_client_credentials"),
			STR("/demo/2")},
	};

	if (which == 0)
		docs_page(out, lang);
	else if (which == 1)
		page_docs_index(out, lang,
			&(struct page_docs_index){.layout = sample_layout(NULL),
				.sections = sections,
				.sections_n = 1});
	else if (which == 2)
		page_demo_home(out, lang,
			&(struct page_demo_home){.layout = sample_layout(NULL),
				.sign_in_href = STR("/demo/start"),
				.client_id = STR("Ov23liAbCdEf01234567"),
				.callback = STR("http://127.0.0.1:9292/demo/callback"),
				.errors = errors,
				.errors_n = N(errors)});
	else if (which <= 4)
		demo_result(out, lang, which == 3);
	else
		page_home(out, lang,
			&(struct page_home){.layout = sample_layout(which == 5 ? NULL : "octocat"),
				.base_url = STR("http://127.0.0.1:9292"),
				.signup_href = STR("/signup")});
}
