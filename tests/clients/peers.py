"""Libraries that do what they are told, one command after another: see conversation.mjs."""

import json
import subprocess
import threading

from driven import HERE, PATIENCE_S, end


class Peer:
    """A library in a process of its own; what it tells says in the member "ok" whether it went well."""

    def __init__(self, command, server):
        self.server = server
        self.process = subprocess.Popen(
            [*command, json.dumps({"base": server.base})], cwd=HERE, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def say(self, command, **options):
        self.process.stdin.write(json.dumps({"do": command, **options}) + "\n")
        self.process.stdin.flush()

    def hear(self):
        """What the library made of it. Secrets that come back are remembered."""
        overdue = threading.Timer(PATIENCE_S, self.process.kill)
        overdue.start()
        text = self.process.stdout.readline()
        overdue.cancel()
        assert text, "the client stopped: " + self.process.stderr.read()
        told = json.loads(text)
        for found in told.get("token", {}), told.get("client", {}), told.get("device", {}):
            self.server.plant(None, *(found.get(name) for name in (
                "access_token", "refresh_token", "client_secret", "registration_access_token",
                "device_code")))
        return told

    def do(self, command, **options):
        self.say(command, **options)
        return self.hear()

    def get(self, command, **options):
        """The same where nothing may go wrong."""
        told = self.do(command, **options)
        assert told["ok"], (command, told)
        return told

    def close(self):
        end(self.process)
