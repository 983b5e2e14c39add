/*
 * The program people and engines call. It gives the runtime proper a start that nothing of the caller can bend:
 * Bun obeys BUN_OPTIONS, BUN_BE_BUN, BUN_INSPECT* and BUN_JSC_*, the dynamic loader LD_LIBRARY_PATH (containerd passes
 * one with an empty entry, which means the current folder) and LD_PRELOAD. So every variable of the caller is renamed
 * to a name that means nothing to either; cli/environment.ts reads them back. The pid stays the caller's.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char PREFIX[] = "_TSRUN_ENV_";
static const char PROGRAM[] = "libexec/tsrun";

_Noreturn static void fail(const char *what, const char *path) {
	dprintf(STDERR_FILENO, "tsrun: %s %s: %s\n", what, path, strerror(errno));
	_exit(127);
}

/* A closed 0, 1 or 2 would go to the first file the runtime opens, which would then be written to as a standard stream.
 */
static void fill_standard_streams(void) {
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDWR) != fd) fail("cannot open", "/dev/null");
}

/* The path of PROGRAM next to the real path of this executable, whatever symlink it was called by. */
static const char *program_path(void) {
	static char path[PATH_MAX + sizeof PROGRAM];
	/* There is no second way: without a mounted /proc Bun itself aborts. */
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
	if (length < 0) fail("cannot read", "/proc/self/exe");
	path[length] = '\0';
	char *name = length < PATH_MAX ? strrchr(path, '/') : NULL;
	if (name == NULL) {
		errno = ENAMETOOLONG;
		fail("cannot use", "/proc/self/exe");
	}
	strcpy(name + 1, PROGRAM);
	return path;
}

/*
 * What the runtime is told by us. A verb ends long before compiled code would have paid for its compilation: without
 * the JIT `run` of a program that does nothing takes a quarter less processor time. MIMALLOC_ALLOW_THP=1 is not among
 * them: nine huge pages for the heap of `run` spare 850 faults of 1.3 us, and take 0.27 ms each to be cleared.
 */
static char descriptors[sizeof "_TSRUN_DESCRIPTORS=" + 3 * sizeof(int)];
static char *const own_variables[] = {"_TSRUN_LAUNCHER=1", "BUN_JSC_useJIT=0", descriptors};
enum { OWN = sizeof own_variables / sizeof *own_variables };

/* How many descriptors there are from 3 on. Bun marks those above 3 close-on-exec when it starts, and can then no
 * longer tell what the caller has handed over (LISTEN_FDS, --preserve-fds) from what it has opened itself.
 */
static void count_descriptors(void) {
	int end = STDERR_FILENO + 1;
	while (fcntl(end, F_GETFD) != -1) end++;
	sprintf(descriptors, "_TSRUN_DESCRIPTORS=%d", end - STDERR_FILENO - 1);
}

/* Bun does not start in a folder that was removed. /proc is one in which no relative path of the caller means anything
 * else than it would have meant there: nothing.
 */
static void leave_removed_folder(void) {
	char *folder = getcwd(NULL, 0);
	if (folder == NULL && errno == ENOENT && chdir("/proc") == -1) fail("cannot enter", "/proc");
	free(folder);
}

static char **renamed_environment(char **environment) {
	size_t count = 0, bytes = 0;
	for (; environment[count] != NULL; count++) bytes += sizeof PREFIX + strlen(environment[count]);

	char **renamed = malloc((count + OWN + 1) * sizeof *renamed + bytes);
	if (renamed == NULL) fail("cannot copy", "the environment");
	char *text = (char *)(renamed + count + OWN + 1);
	for (size_t i = 0; i < count; i++) {
		renamed[i] = text;
		text = stpcpy(stpcpy(text, PREFIX), environment[i]) + 1;
	}
	memcpy(renamed + count, own_variables, sizeof own_variables);
	renamed[count + OWN] = NULL;
	return renamed;
}

int main(int argc, char **argv, char **environment) {
	(void)argc;
	fill_standard_streams();
	count_descriptors();
	leave_removed_folder();
	const char *program = program_path();
	execve(program, argv, renamed_environment(environment));
	fail("cannot execute", program);
}
