#include "mountinfo.h"

#include <errno.h>
#include <string.h>

#include "syscalls.h"

/* More than the kernel's default limit of mounts (fs.mount-max) is ever seen to need; untouched pages cost nothing. */
#define MOUNTINFO_MAX (16u << 20)

struct mountinfo read_mountinfo(const struct init *init) {
	static const char path[] = "/proc/self/mountinfo";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1) fault_errno(init, TSRUN_CALL_open, path);
	struct mountinfo mountinfo = {.at = pages(init, MOUNTINFO_MAX)};
	mountinfo.end = mountinfo.at;
	for (;;) {
		size_t room = MOUNTINFO_MAX - (size_t)(mountinfo.end - mountinfo.at);
		if (room <= 1) fault(init, TSRUN_CALL_read, EFBIG, path);
		ssize_t length = read(fd, mountinfo.end, room - 1);
		if (length == -1 && errno == EINTR) continue;
		if (length == -1) fault_errno(init, TSRUN_CALL_read, path);
		if (length == 0) break;
		mountinfo.end += length;
	}
	drop(&fd);
	return mountinfo;
}

/* Spaces and the like are written as a backslash and three octal digits. */
static void unescape(char *field) {
	char *to = field;
	for (const char *from = field; *from != '\0'; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' && from[2] <= '7' &&
		    from[3] >= '0' && from[3] <= '7') {
			*to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* Cuts the field at *at off and moves behind it. */
static char *cut_field(char **at) {
	char *field = *at;
	*at += strcspn(*at, " ");
	if (**at != '\0') *(*at)++ = '\0';
	return field;
}

/* proc(5): id, parent, device, root, place, options, any optional fields, "-", type, ... */
static const char *place_of_kernel_mount(char *line) {
	for (int skipped = 0; skipped < 3; skipped++) (void)cut_field(&line);
	const char *root = cut_field(&line);
	char *place = cut_field(&line);
	char *separator = strstr(line, " - ");
	if (separator == NULL || strcmp(root, "/") != 0) return NULL;
	char *rest = separator + 3;
	const char *type = cut_field(&rest);
	if (strcmp(type, "proc") != 0 && strcmp(type, "sysfs") != 0) return NULL;
	unescape(place);
	return place;
}

const char *next_kernel_mount(struct mountinfo *mountinfo) {
	while (mountinfo->at < mountinfo->end) {
		char *line = mountinfo->at;
		mountinfo->at += strcspn(line, "\n");
		*mountinfo->at++ = '\0';
		const char *place = place_of_kernel_mount(line);
		if (place != NULL) return place;
	}
	return NULL;
}
