/* HOME out of the container's /etc/passwd, which is whatever an image says: read by uid only, bounded, no NSS. */
#include <errno.h>
#include <string.h>

#include "operation.h"
#include "path.h"
#include "syscalls.h"

/* CVE-2026-47262: an image decides how long this file is. */
#define FILE_MAX (1u << 20)
#define LINE_MAX_BYTES 1024

struct line {
	size_t length;
	char at[LINE_MAX_BYTES];
};

/* The field of a line cut into strings at its colons; NULL when there is no such. */
static const char *field(const struct line *line, unsigned int index) {
	const char *at = line->at, *end = line->at + line->length;
	while (index-- > 0) {
		at = memchr(at, '\0', (size_t)(end - at));
		if (at == NULL || ++at > end) return NULL;
	}
	return at;
}

static bool is_uid(const char *text, uint32_t uid) {
	uint64_t value = 0;
	if (text == NULL || *text == '\0') return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || value > UINT32_MAX) return false;
		value = value * 10 + (uint64_t)(*text - '0');
	}
	return value == uid;
}

/* passwd(5): name, password, uid, gid, comment, directory, shell. */
static const char *home_of_line(struct line *line, uint32_t uid) {
	line->at[line->length] = '\0';
	for (size_t i = 0; i < line->length; i++) {
		if (line->at[i] == ':') line->at[i] = '\0';
	}
	if (!is_uid(field(line, 2), uid)) return NULL;
	const char *home = field(line, 5);
	return home == NULL || *home == '\0' ? "/" : home;
}

/* The home of the first line with this uid, in the buffer of `line`; NULL: no such line, or none in the first MiB. */
static const char *find_home(int fd, uint32_t uid, struct line *line) {
	char chunk[4096];
	bool too_long = false;
	line->length = 0;
	for (size_t total = 0; total < FILE_MAX;) {
		ssize_t length = read(fd, chunk, sizeof chunk);
		if (length == -1 && errno == EINTR) continue;
		if (length <= 0) break;
		total += (size_t)length;
		for (ssize_t i = 0; i < length; i++) {
			if (chunk[i] != '\n') {
				too_long = too_long || line->length >= sizeof line->at - 1;
				if (!too_long) line->at[line->length++] = chunk[i];
				continue;
			}
			const char *home = too_long ? NULL : home_of_line(line, uid);
			if (home != NULL) return home;
			too_long = false;
			line->length = 0;
		}
	}
	return too_long || line->length == 0 ? NULL : home_of_line(line, uid);
}

static bool is_regular(int fd) {
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static int try_open_passwd(struct init *init) {
	static const char path[] = "/etc/passwd";
	/* Only a place at first: to open a device can be to use it. */
	int place = try_open_inside(init, path, O_PATH, PATH_PLAIN);
	bool regular = place != -1 && is_regular(place);
	drop(&place);
	if (!regular) return -1;
	/* O_NONBLOCK: a fifo that has come in its place meanwhile must not hold us. */
	int fd = try_open_inside(init, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, PATH_PLAIN);
	if (fd != -1 && !is_regular(fd)) drop(&fd);
	return fd;
}

void perform_home(struct init *init, struct reader *fields) {
	uint32_t uid = read_u32(fields);
	struct line line;
	const char *home = "/";
	int fd = try_open_passwd(init);
	if (fd != -1) {
		const char *found = find_home(fd, uid, &line);
		if (found != NULL) home = found;
		drop(&fd);
	}
	size_t length = strlen(home);
	char *variable = pages(init, length + sizeof "HOME=");
	memcpy(variable, "HOME=", 5);
	memcpy(variable + 5, home, length + 1);
	init->home = variable;
}
