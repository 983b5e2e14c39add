#include "container.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_parents(char *path, size_t from) {
	for (char *slash = path + from; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
}

void make_file(const char *rootfs, const char *path, const char *text) {
	char file[4096];
	snprintf(file, sizeof file, "%s/%s", rootfs, path);
	make_parents(file, strlen(rootfs) + 1);
	FILE *stream = fopen(file, "w");
	if (stream == NULL || fputs(text, stream) == EOF || fclose(stream) == EOF) {
		perror(file);
		exit(2);
	}
}

static void link_busybox(const struct place *place, const char *rootfs) {
	char file[4096];
	snprintf(file, sizeof file, "%s/bin", rootfs);
	(void)mkdir(file, 0755);
	static const char *const names[] = {"sh",   "cat",   "ls",  "stat",     "id",  "true",
	                                    "grep", "mount", "tty", "readlink", "echo"};
	snprintf(file, sizeof file, "%s/bin/busybox", rootfs);
	if (link(place->busybox, file) == -1) {
		perror(file);
		exit(2);
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(file, sizeof file, "%s/bin/%s", rootfs, names[i]);
		if (symlink("busybox", file) == -1) perror(file);
	}
}

const char *make_rootfs(const struct place *place, const char *name) {
	static char path[1024];
	snprintf(path, sizeof path, "%s/%s", place->directory, name);
	if (mkdir(path, 0755) == -1) {
		perror(path);
		exit(2);
	}
	link_busybox(place, path);
	return path;
}

void add_root(struct program *program, const char *rootfs) {
	program_begin(program);
	add(program, "propagation", (uint64_t)(MS_SLAVE | MS_REC));
	add(program, "rootfs", rootfs, (uint64_t)MS_PRIVATE);
}

void add_mount(struct program *program, const char *destination, const char *type, const char *options, uint64_t set,
               uint32_t flags) {
	char copy[8192];
	const char *list[16];
	size_t count = 0;
	snprintf(copy, sizeof copy, "%s", options);
	for (char *option = strtok(copy, ","); option != NULL; option = strtok(NULL, ",")) list[count++] = option;
	list[count] = NULL;
	add(program, "mount", destination, type, type, list, set, (uint64_t)0, (uint64_t)0, (uint64_t)0, NO_LIST, flags,
	    "");
}

void add_basics(struct program *program) {
	add_mount(program, "/proc", "proc", "", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 2);
	add_mount(program, "/dev", "tmpfs", "mode=755,size=65536k", MOUNT_ATTR_NOSUID, 0);
	add_mount(program, "/dev/pts", "devpts", "newinstance,ptmxmode=0666,mode=0620", MOUNT_ATTR_NOSUID, 0);
	add(program, "device", "/dev/null", (uint32_t)'c', 1u, 3u, 0666u, 0u, 0u);
	add(program, "ptmx");
	add(program, "symlink", "/proc/self/fd", "/dev/fd");
}

void add_shell(struct program *program, const char *script) {
	const char *const args[] = {"sh", "-c", script, NULL};
	const char *const env[] = {"PATH=/nowhere:/bin", "HOME=", NULL};
	add(program, "change_root", 0u);
	add(program, "chdir", "/", 1u);
	add(program, "chdir", "/", 2u);
	add(program, "home", 0u);
	add(program, "find_program", "sh", "/nowhere:/bin");
	add(program, "exec", args, env);
}

void run_container(const struct place *place, struct program *program, unsigned long flags, struct result *result) {
	struct start start = {.helper = place->helper, .flags = flags | CLONE_NEWNS | CLONE_NEWPID};
	run(&start, program->at, program->length, result);
}
