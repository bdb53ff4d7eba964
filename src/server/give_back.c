#include "server/give_back.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whole pages only, and no segment that is written: relocations are in those, and are not in the
 * file. */
static int forget_read_only(struct dl_phdr_info *info, size_t size, void *of)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)of;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t begin = info->dlpi_addr + segment->p_vaddr;
		uintptr_t end = (begin + segment->p_filesz) & ~(page - 1);

		begin = (begin + page - 1) & ~(page - 1);
		if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W) && begin < end)
			/* NOLINTNEXTLINE(performance-no-int-to-ptr): so the linker tells it */
			madvise((void *)begin, end - begin, MADV_DONTNEED);
	}
	return 0;
}

void give_back_memory(void)
{
	malloc_trim(0);
	dl_iterate_phdr(forget_read_only, NULL);
}
