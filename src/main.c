/* llavero: the process begins here. Everything else is in the folders; see docs/design.md. */
#include <stdio.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "base/fail.h"
#include "base/memory.h"
#include "command/command.h"
#include "server/server.h"

int main(int argc, char **argv)
{
	if (!fail_configure(getenv("LLAVERO_FAIL"))) {
		fputs("llavero: LLAVERO_FAIL cannot be understood, or this is a release build\n",
			stderr);
		return EXIT_USAGE;
	}
	if (!memory_watch_libraries() || !crypto_start()) {
		fputs("llavero: the cryptographic libraries do not work on this machine\n", stderr);
		return EXIT_FAILED;
	}
	return command_main(argc, argv, serve);
}
