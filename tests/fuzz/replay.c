/* Runs a fuzz target on files, and on those in folders: the corpus as a test, without libFuzzer. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static unsigned inputs;

static void run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(1 << 20);
	size_t n;

	MUST(f && data);
	n = fread(data, 1, 1 << 20, f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	inputs++;
}

static void run(const char *path)
{
	char name[1024];
	struct stat info;
	struct dirent *entry;
	DIR *folder;

	MUST(stat(path, &info) == 0);
	if (!S_ISDIR(info.st_mode)) {
		run_file(path);
		return;
	}
	folder = opendir(path);
	MUST(folder);
	while ((entry = readdir(folder))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		run(name);
	}
	closedir(folder);
}

int main(int argc, char **argv)
{
	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	printf("%u inputs\n", inputs);
	return inputs ? 0 : 1;
}
