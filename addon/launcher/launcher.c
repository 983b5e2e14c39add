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

static char **renamed_environment(char **environment) {
    size_t count = 0, bytes = 0;
    for (; environment[count] != NULL; count++) bytes += sizeof PREFIX + strlen(environment[count]);

    char **renamed = malloc((count + 2) * sizeof *renamed + bytes);
    if (renamed == NULL) fail("cannot copy", "the environment");
    char *text = (char *)(renamed + count + 2);
    for (size_t i = 0; i < count; i++) {
        renamed[i] = text;
        text = stpcpy(stpcpy(text, PREFIX), environment[i]) + 1;
    }
    static char marker[] = "_TSRUN_LAUNCHER=1";
    renamed[count] = marker;
    renamed[count + 1] = NULL;
    return renamed;
}

int main(int argc, char **argv, char **environment) {
    (void)argc;
    fill_standard_streams();
    const char *program = program_path();
    execve(program, argv, renamed_environment(environment));
    fail("cannot execute", program);
}
