"""What servers answer, and what the browser is sent back with."""

import re
import urllib.parse

from llavero_http import AUTHORIZE_PAGE, wire

TOKEN = re.compile(r"gho_[0-9A-Za-z]{36}")
WRONG_SECRET = "0" * 40
WRONG_CODE = "0" * 40
DENIED = wire("access_denied", "The user has denied your application access.",
              AUTHORIZE_PAGE + "access-denied")


def replace(url, **parameters):
    """`url` with some parameters of its query replaced."""
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    assert set(parameters) <= set(query), f"{sorted(parameters)} not in {url}"
    return parts._replace(query=urllib.parse.urlencode({**query, **parameters})).geturl()


def query_of(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
