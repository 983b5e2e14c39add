#include <errno.h>
#include <sys/mman.h>

#include "init.h"

void *pages(const struct init *init, size_t bytes) {
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) fault_errno(init, TSRUN_CALL_mmap, NULL);
	return memory;
}
