/*
 * datagrams receive SOCKET: binds a unix socket, and prints each datagram that comes as a line.
 * datagrams send SOCKET: sends "1", "2", ... to it, each as soon as there is room for it.
 * datagrams mark SOCKET: sends "mark".
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int receive(int fd, const struct sockaddr_un *address) {
	char text[64];
	if (bind(fd, (const struct sockaddr *)address, sizeof *address) == -1) return 1;
	puts("bound");
	for (;;) {
		fflush(stdout);
		ssize_t length = recv(fd, text, sizeof text - 1, 0);
		if (length < 0) return 1;
		text[length] = '\0';
		puts(text);
	}
}

static int send_count(int fd) {
	for (unsigned count = 1;; count++) {
		char text[16];
		int length = snprintf(text, sizeof text, "%u", count);
		if (send(fd, text, (size_t)length, 0) != length) return 1;
	}
}

int main(int argc, char **argv) {
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (argc != 3 || strlen(argv[2]) >= sizeof address.sun_path || fd == -1) return 2;
	strcpy(address.sun_path, argv[2]);
	if (strcmp(argv[1], "receive") == 0) return receive(fd, &address);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == -1) return 1;
	if (strcmp(argv[1], "mark") == 0) return send(fd, "mark", 4, 0) == 4 ? 0 : 1;
	return send_count(fd);
}
