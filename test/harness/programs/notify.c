/*
 * notify WORDS...: says each of them to $NOTIFY_SOCKET as a datagram of its own, as sd_notify(3) does. WORDS that begin
 * with BARRIER= go with a descriptor, whose other end has to be closed then.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int barrier(int to, const char *words, const struct sockaddr_un *address) {
	int ends[2];
	if (pipe(ends) == -1) return -1;
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec data = {(void *)words, strlen(words)};
	struct msghdr message = {.msg_name = (void *)address,
	                         .msg_namelen = sizeof *address,
	                         .msg_iov = &data,
	                         .msg_iovlen = 1,
	                         .msg_control = control,
	                         .msg_controllen = sizeof control};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &ends[1], sizeof(int));
	if (sendmsg(to, &message, 0) == -1) return -1;
	close(ends[1]);
	struct pollfd wait = {ends[0], POLLIN, 0};
	return poll(&wait, 1, 5000) == 1 ? 0 : -1;
}

int main(int argc, char **argv) {
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (path == NULL || strlen(path) >= sizeof address.sun_path) return 2;
	strcpy(address.sun_path, path);
	int to = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (int at = 1; at < argc; at++) {
		const char *words = argv[at];
		int result =
		    strncmp(words, "BARRIER=", 8) == 0
		        ? barrier(to, words, &address)
		        : (int)sendto(to, words, strlen(words), 0, (struct sockaddr *)&address, sizeof address);
		if (result == -1) {
			perror(words);
			return 1;
		}
	}
	return 0;
}
