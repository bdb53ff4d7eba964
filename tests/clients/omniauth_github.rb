# omniauth-github as a Rack app would have it, called without a web server (reference 13.4). Only
# client_options differ from GitHub. In and out as in driven.mjs.
require "json"
require "rack"
require "rack/mock"
require "omniauth"
require "omniauth-github"

$stdout.sync = true
SETTINGS = JSON.parse(ARGV.fetch(0))
ORIGIN = "http://127.0.0.1:45680"

OmniAuth.config.logger = Logger.new(File::NULL)
OmniAuth.config.allowed_request_methods = %i[get post]
OmniAuth.config.silence_get_warning = true

def tell(line)
  puts JSON.generate(line)
end

# What arrives at the app behind the middleware.
inner = lambda do |env|
  auth = env["omniauth.auth"]
  error = env["omniauth.error"]
  seen = if auth
           { ok: true, uid: auth.uid, info: auth.info, token: auth.credentials.token,
             expires: auth.credentials.expires, scope: auth.extra.scope,
             emails: auth.extra.all_emails }
         else
           { ok: false, type: env["omniauth.error.type"], name: error.class.name,
             message: error&.message,
             code: (error.code if error.respond_to?(:code)),
             error: (error.error if error.respond_to?(:error)),
             description: (error.error_reason if error.respond_to?(:error_reason)) }
         end
  [200, { "Content-Type" => "application/json" }, [JSON.generate(seen)]]
end

OmniAuth.config.on_failure = inner

app = Rack::Builder.new do
  use Rack::Session::Cookie, secret: "x" * 64
  use OmniAuth::Builder do
    provider :github, SETTINGS["client_id"], SETTINGS["client_secret"],
             scope: SETTINGS["scope"], pkce: SETTINGS["pkce"],
             client_options: { site: "#{SETTINGS['base']}/api/v3",
                               authorize_url: "#{SETTINGS['base']}/login/oauth/authorize",
                               token_url: "#{SETTINGS['base']}/login/oauth/access_token" }
  end
  run inner
end.to_app

browser = Rack::MockRequest.new(app)
start = browser.get("#{ORIGIN}/auth/github")
cookie = start["Set-Cookie"].split(";").first
tell(authorize: start["Location"])
back = $stdin.gets&.chomp or exit
puts browser.get(back, "HTTP_COOKIE" => cookie).body
